# Two commands do everything: `make demo` shows helmpy at work, `make test` runs the tests.
# Each makes .venv and installs what it needs; a second run finds it ready.

# The first Python that is new enough and can make virtual environments.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# setuptools leaves a hook that each start of Python runs for the sake of distutils: 2 ms of helm's 50.
NO_HOOK := rm -f .venv/lib/python*/site-packages/distutils-precedence.pth
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip --quiet

.PHONY: demo test transcripts conformance lint types dist proto clean

demo: .venv/runtime
	@sh charts/demo.sh $(BIN)/helm

# They take a minute or more each: begun last, they would keep one core busy and the other idle.
LONG := tests/tiller/faults tests/test_dist.py tests/test_dockerfile.py tests/compat
test: .venv/dev
	@$(BIN)/pytest -m alone; alone=$$?; \
	$(BIN)/pytest $(LONG) tests -m "not alone and not transcripts" -n 3 --dist loadfile --no-loadscope-reorder && exit $$alone

# Try helmpy on a cluster of yours, in a namespace of its own that goes again: make conformance KUBECONFIG=$HOME/.kube/config
conformance: .venv/dev
	@test -n "$(KUBECONFIG)" || { echo "make: name your cluster's file with KUBECONFIG=..." >&2; exit 1; }
	HELMPY_CLUSTER='$(KUBECONFIG)' $(BIN)/pytest tests/compat/conformance -m conformance -k cluster

# Scenes with real Helm 2.17, with ours, and with its client and our Tiller on real clusters, word by word; half an
# hour, less where ~/.cache has what Helm did. `make test` plays a few of them.
transcripts: .venv/dev
	$(BIN)/pytest tests/compat/transcripts -m compat

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

# A wheel for pip, pipx and uv, and dist/helm: one file that runs by itself where a Python of the same version is.
# pex and not shiv: with a venv and its shell start, helm starts in 22 ms as from pip; shiv's takes 100 ms more.
DIST ?= dist
dist: .venv/dev
	rm -rf $(DIST)
	$(BIN)/python -m build --quiet --wheel --outdir $(DIST) .
	$(BIN)/pex $(DIST)/helmpy-*.whl --console-script helm --venv prepend --sh-boot --output-file $(DIST)/helm

# Writes helmpy/hapi anew from proto/, with tools as old as pyproject.toml's bounds of grpcio and protobuf: what is
# generated loads with these versions and later ones only. The empty service stubs of files without a service go.
PROTO := .venv/proto/bin/python
proto: .venv/python
	$(PYTHON) -m venv .venv/proto
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(PROTO) -m pip --quiet install grpcio-tools==1.74.0 setuptools
	$(PROTO) -m grpc_tools.protoc -Iproto --python_out=. --pyi_out=. --grpc_python_out=. $$(cd proto && find . -name '*.proto' | cut -c3-)
	@grep -L 'class .*Stub' $$(find helmpy/hapi -name '*_pb2_grpc.py') | xargs -r rm

.venv/python:
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11 or newer with venv; name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: .venv/python pyproject.toml
	@echo "installing helmpy into .venv ..." >&2
	@# Older ones write a bin/helm that imports re before all else: 16 of 46 ms.
	@$(PIP) install 'pip>=26'
	@$(PIP) install -e .
	@$(NO_HOOK)
	@$(BIN)/python -m compileall -q helmpy tiller  # or the first start does it, and every one where nothing may be written
	@touch $@

.venv/dev: .venv/runtime
	@echo "installing what tests and checks need ..." >&2
	@$(PIP) install --group dev
	@$(NO_HOOK)
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
