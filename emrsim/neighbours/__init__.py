"""The AWS services that EMR's clients call beside EMR and S3, answered by moto where it is installed.

moto is loaded by the first call of such a service, and the roles that `aws emr create-default-roles`
makes are there from IAM's first answer on. moto keeps one account for a whole process: emulators side by
side in one process share it, and an emulator that closes takes what is in it along.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from emrsim.core.ports import CannotAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from emrsim.neighbours.eventbridge import Offered
    from emrsim.neighbours.metrics import Source

# The service in a signature's scope -> moto's name for it.
SERVICES: Mapping[str, str] = {
    "ec2": "ec2",
    "events": "events",
    "iam": "iam",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
}

# moto reads these when it is loaded: AWS's own policies are there to be attached, and no web page from
# elsewhere may read an answer.
_MOTO_SETTINGS = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "MOTO_DISABLE_GLOBAL_CORS": "true"}

_POLICIES = "arn:aws:iam::aws:policy/service-role/"
# Role -> services that may take it on, policy (source: AWS CLI, customizations/emr/createdefaultroles.py).
_DEFAULT_ROLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "EMR_DefaultRole": (("elasticmapreduce",), "AmazonElasticMapReduceRole"),
    "EMR_EC2_DefaultRole": (("ec2",), "AmazonElasticMapReduceforEC2Role"),
    "EMR_AutoScaling_DefaultRole": (
        ("elasticmapreduce", "application-autoscaling"),
        "AmazonElasticMapReduceforAutoScalingRole",
    ),
}
_INSTANCE_PROFILE = "EMR_EC2_DefaultRole"


class Neighbours:
    """Answers for the services of `SERVICES`, and for all others that moto knows; any thread may ask."""

    def __init__(self, connect: Callable[[], Callable[[Offered], None]], metrics: Source) -> None:
        """`connect` is called before the first call of EventBridge; what it gives takes clients' events.

        `metrics` gives those of a region, from the first call of CloudWatch on.
        """
        self._connect = connect
        self._metrics = metrics
        self._lock = Lock()
        self._apps: dict[str, WSGIApplication] = {}

    def answer(
        self, service: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer of `service`, named as in a signature's scope. Raises CannotAnswer, with the reason."""
        app = self._app(service)
        try:
            if service == "events":
                from emrsim.neighbours.eventbridge import delivered_by

                with delivered_by(self._connect()):
                    return app(environ, start_response)
            return app(environ, start_response)
        except Exception as error:  # moto's way to say that it does not know an operation
            raise CannotAnswer(f"moto cannot answer this call of {service}: {error!r}") from error

    def reset(self) -> None:
        """Forget all roles, instances and so on that were made."""
        with self._lock:
            if self._apps:
                _post(_moto_app("moto_api"), "/moto-api/reset", {})
                self._apps.clear()

    def close(self) -> None:
        """As `reset`, for an emulator that ends."""
        if "moto" in sys.modules:
            from emrsim.neighbours.metrics import withdraw

            withdraw(self._metrics)
        self.reset()

    def _app(self, service: str) -> WSGIApplication:
        with self._lock:
            if service not in self._apps:
                app = _moto_app(SERVICES[service]) if service in SERVICES else _any_moto_app(service)
                if service == "iam":
                    _make_default_roles(app)
                if service == "monitoring":
                    from emrsim.neighbours.metrics import provide

                    provide(self._metrics)
                self._apps[service] = app
            return self._apps[service]


def _moto_app(name: str) -> WSGIApplication:
    for setting, value in _MOTO_SETTINGS.items():
        os.environ.setdefault(setting, value)
    try:
        from moto.server import create_backend_app
    except ImportError as error:
        raise CannotAnswer(
            f"emrsim answers for EMR and S3; for {name} it needs moto: pip install 'emrsim[aws]' ({error})"
        ) from error
    app: WSGIApplication = create_backend_app(name)
    return app


def _any_moto_app(service: str) -> WSGIApplication:
    """moto's application for a service that may have another name there, or several."""
    _moto_app("sts")  # says what to install
    from moto.backends import list_of_moto_modules
    from moto.moto_server.werkzeug_app import (
        SIGNING_ALIASES,
        DomainDispatcherApplication,
        create_backend_app,
    )

    dispatcher: Any = DomainDispatcherApplication(create_backend_app)
    name = SIGNING_ALIASES.get(service, service)
    address = f"http://{name}.us-east-1.amazonaws.com"
    has_address = any(pattern.match(address) for _, pattern in dispatcher.backend_url_patterns)
    if not has_address and name not in set(list_of_moto_modules()):
        raise CannotAnswer(
            f"emrsim does not answer for the service {service}: EMR and S3 are here, and with moto "
            "what moto knows"
        )
    app: WSGIApplication = dispatcher
    return app


def _make_default_roles(iam: WSGIApplication) -> None:
    for role, (services, policy) in _DEFAULT_ROLES.items():
        trust = json.dumps(_trust_in(services))
        _call_iam(iam, "CreateRole", RoleName=role, AssumeRolePolicyDocument=trust)
        _call_iam(iam, "AttachRolePolicy", RoleName=role, PolicyArn=_POLICIES + policy)
    _call_iam(iam, "CreateInstanceProfile", InstanceProfileName=_INSTANCE_PROFILE)
    _call_iam(
        iam, "AddRoleToInstanceProfile", InstanceProfileName=_INSTANCE_PROFILE, RoleName=_INSTANCE_PROFILE
    )


def _trust_in(services: tuple[str, ...]) -> dict[str, Any]:
    """The policy of a role that those services may take on; the AWS CLI writes one name as a string."""
    names = [f"{service}.amazonaws.com" for service in services]
    principal = {"Service": names if len(names) > 1 else names[0]}
    statement = {"Sid": "", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2008-10-17", "Statement": [statement]}


def _call_iam(iam: WSGIApplication, action: str, **parameters: str) -> None:
    _post(iam, "/", {"Action": action, "Version": "2010-05-08", **parameters})


def _post(app: WSGIApplication, path: str, form: Mapping[str, str]) -> None:
    """Post `form`; RuntimeError, with what the application said, if it does not take it."""
    from werkzeug.test import Client

    response = Client(app).post(path, data=dict(form))
    if response.status_code != 200:
        raise RuntimeError(f"moto rejected {dict(form)}: {response.get_data(as_text=True)}")
