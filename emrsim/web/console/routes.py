"""The paths of the console, and the page or action of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from emrsim.web.console import HOME, PREFIX, files, forms
from emrsim.web.console import testing_routes as tests
from emrsim.web.console.actions import Rejected, call_emr, cancel_step, terminate
from emrsim.web.console.app import Pages, form_of, of_a_file
from emrsim.web.console.logs import log_path, open_log, read_part
from emrsim.web.console.pages import cluster, clusters, step
from emrsim.web.console.site import NotThere

View = Callable[..., ResponseReturnValue]


def front(pages: Pages) -> ResponseReturnValue:
    """Send a browser from the address of S3 to the console."""
    return redirect(HOME)


def show_clusters(pages: Pages) -> ResponseReturnValue:
    """List the clusters."""
    return pages.live(clusters, "clusters.html")


def show_cluster(pages: Pages, cluster_id: str) -> ResponseReturnValue:
    """Show a cluster."""
    return pages.live(cluster, "cluster.html", cluster_id)


def show_step(pages: Pages, cluster_id: str, step_id: str) -> ResponseReturnValue:
    """Show a step."""
    return pages.live(step, "step.html", cluster_id, step_id)


def show_log(pages: Pages, cluster_id: str, name: str) -> ResponseReturnValue:
    """Show a part of a log, or send all of it where `?raw` is asked."""
    folder = pages.site.folder(cluster_id)
    path = log_path(folder.path, name)
    if path is None:
        raise NotThere(f"There is no log {name}.")
    if "raw" in request.args:
        descriptor = open_log(path)
        if descriptor is None:
            raise NotThere(f"There is no log {name}.")
        file = open(descriptor, "rb")  # noqa: SIM115  whoever sends it closes it
        wrapper = request.environ["wsgi.file_wrapper"](file, 1 << 16)
        answer = Response(wrapper, content_type="text/plain; charset=utf-8", direct_passthrough=True)
        answer.headers["Content-Disposition"] = f'attachment; filename="{path.name}.txt"'
        return of_a_file(answer)
    end = request.args.get("end", "")
    part = read_part(path, int(end) if end.isdecimal() and len(end) < 19 else None)
    step_id = next((word for word in name.split("/") if word.startswith("s-")), None)
    return pages.render(
        "log.html", part=part, cluster_id=cluster_id, step_id=step_id, name=name, title=path.name
    )


def new_cluster(pages: Pages) -> ResponseReturnValue:
    """Show the form for a new cluster, or for one like another."""
    fields = forms.cluster_fields()
    if original := request.args.get("like"):
        with pages.site.controls.state.locked():
            fields = forms.clone_fields(pages.site.cluster(original))
    return _cluster_form(pages, fields)


def _cluster_form(pages: Pages, fields: forms.Fields, why: str = "") -> Response:
    choices = forms.cluster_choices()
    return pages.render("new_cluster.html", 400 if why else 200, fields=fields, why=why, **choices)


def create_cluster(pages: Pages) -> ResponseReturnValue:
    """Create a cluster."""
    form = form_of(request.form)
    try:
        result = call_emr(
            pages.site, "RunJobFlow", forms.cluster_params(form), pages.site.controls.state.region
        )
    except Rejected as why:
        return _cluster_form(pages, form, str(why))
    return redirect(cluster_url(result["JobFlowId"]), 303)


def new_step(pages: Pages, cluster_id: str) -> ResponseReturnValue:
    """Show the form for a new step, or for one like another."""
    fields = forms.step_fields(request.args.get("kind", ""))
    if original := request.args.get("like"):
        with pages.site.controls.state.locked():
            _, step_like = pages.site.step(cluster_id, original)
        fields = forms.step_clone_fields(step_like, pages.site.storage)
    return _step_form(pages, cluster_id, fields)


def _step_form(pages: Pages, cluster_id: str, fields: forms.Fields, why: str = "") -> Response:
    with pages.site.controls.state.locked():
        found = pages.site.cluster(cluster_id)
        name, is_ending = found.request.name, found.is_ending
    return pages.render(
        "new_step.html",
        400 if why else 200,
        fields=fields,
        why=why,
        cluster_id=cluster_id,
        cluster_name=name,
        is_ending=is_ending,
        like=request.args.get("like", ""),
        **forms.step_choices(),
    )


def add_step(pages: Pages, cluster_id: str) -> ResponseReturnValue:
    """Add a step to a cluster."""
    form = form_of(request.form)
    with pages.site.controls.state.locked():
        found = pages.site.cluster(cluster_id)
    try:
        params = forms.step_params(form, found)
        result = call_emr(pages.site, "AddJobFlowSteps", params, found.region)
    except Rejected as why:
        return _step_form(pages, cluster_id, form, str(why))
    return redirect(step_url(cluster_id, result["StepIds"][0]), 303)


def cancel(pages: Pages, cluster_id: str, step_id: str) -> ResponseReturnValue:
    """Cancel a step."""
    with pages.site.controls.state.locked():
        found, _ = pages.site.step(cluster_id, step_id)
    cancel_step(pages.site, cluster_id, step_id, found.region)
    return redirect(step_url(cluster_id, step_id), 303)


def end_cluster(pages: Pages, cluster_id: str) -> ResponseReturnValue:
    """Terminate a cluster."""
    with pages.site.controls.state.locked():
        found = pages.site.cluster(cluster_id)
    terminate(pages.site, cluster_id, found.region)
    return redirect(cluster_url(cluster_id), 303)


def cluster_url(cluster_id: str) -> str:
    """Return the page of a cluster."""
    return f"{PREFIX}clusters/{cluster_id}"


def step_url(cluster_id: str, step_id: str) -> str:
    """Return the page of a step."""
    return f"{cluster_url(cluster_id)}/steps/{step_id}"


_LOOK, _CHANGE = ("GET",), ("POST",)
_CLUSTER = f"{PREFIX}clusters/<cluster_id>"
_CONTROLS = f"{PREFIX}controls"
_STEP = f"{_CLUSTER}/steps/<step_id>"

ROUTES: Sequence[tuple[str, tuple[str, ...], View]] = [
    ("/", _LOOK, front),
    (HOME, _LOOK, show_clusters),
    (f"{PREFIX}clusters/new", _LOOK, new_cluster),
    (f"{PREFIX}clusters", _CHANGE, create_cluster),
    (_CLUSTER, _LOOK, show_cluster),
    (f"{_CLUSTER}/logs/<path:name>", _LOOK, show_log),
    (f"{_CLUSTER}/terminate", _CHANGE, end_cluster),
    (f"{_CLUSTER}/steps/new", _LOOK, new_step),
    (f"{_CLUSTER}/steps", _CHANGE, add_step),
    (_STEP, _LOOK, show_step),
    (f"{_STEP}/cancel", _CHANGE, cancel),
    (f"{PREFIX}s3", _LOOK, files.show_s3),
    (f"{PREFIX}s3/file", _LOOK, files.send_file),
    (f"{PREFIX}s3/upload", _CHANGE, files.upload),
    (f"{PREFIX}s3/delete", _CHANGE, files.delete),
    (f"{PREFIX}requests", _LOOK, tests.show_requests),
    (f"{PREFIX}requests/<number>", _LOOK, tests.show_request),
    (f"{PREFIX}machine", _LOOK, tests.show_machine),
    (_CONTROLS, _LOOK, tests.show_controls),
    (f"{_CONTROLS}/rules", _CHANGE, tests.add_rule),
    (f"{_CONTROLS}/rules/<id>/delete", _CHANGE, tests.delete_rule),
    (f"{_CONTROLS}/rules/<id>/release", _CHANGE, tests.release_rule),
    (f"{_CONTROLS}/faults", _CHANGE, tests.add_fault),
    (f"{_CONTROLS}/faults/<id>/delete", _CHANGE, tests.delete_fault),
    (f"{_CONTROLS}/clock", _CHANGE, tests.set_clock),
    (f"{_CONTROLS}/seed", _CHANGE, tests.add_seed),
    (f"{_CONTROLS}/restore", _CHANGE, tests.restore),
    (f"{_CONTROLS}/reset", _CHANGE, tests.reset),
]
