# Everything a developer or CI does. "make help" lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
ifeq ($(CI),true)
# No compiler or build node stays behind where the machine is thrown away after.
export MSBUILDDISABLENODEREUSE := 1
endif

DOTNET_BUILD := dotnet build Sandbox.sln -c Release -v quiet -clp:NoSummary
DOTNET_PUBLISH := dotnet publish -c Release --no-build -v quiet
HOUSE := Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig global.json Sandbox.sln
BUILT := artifacts/.built
PUBLISHED := artifacts/supervisor/.published artifacts/worker/.published artifacts/fakeworker/.published

.PHONY: help setup build run test chaos bench wpt fmt ci vm-test clean

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@build/setup run

build: setup $(PUBLISHED) ## Restores, builds and publishes everything to artifacts/

run: build ## Starts the product in the foreground; Ctrl-C stops it (options: ARGS="--Sandbox:Listen:Admin=…")
	@exec dotnet artifacts/supervisor/Sandbox.Supervisor.dll $(ARGS)

test: build ## Runs all tests; the last line counts them (a part: ARGS="-namespace Sandbox.Tests.Unit*")
	@build/setup run test
	@exec build/test $(ARGS)

chaos: build ## Kills supervisors, workers and PostgreSQL for ten minutes and counts what was lost (CHAOS_SECONDS, CHAOS_SEED)
	@build/setup run test
	@CHAOS_SECONDS=$${CHAOS_SECONDS:-600} build/test -class Sandbox.Tests.Integration.Queue.ChaosTests -showLiveOutput

bench: ## Measures the product beside workerd and isolated-vm (a part: ARGS="s1 s2")
	@build/setup run bench test
	@$(MAKE) build artifacts/bench/.published tests/bench/peers/node_modules/.package-lock.json tests/browser/node_modules/.package-lock.json
	@exec dotnet artifacts/bench/Sandbox.Bench.dll $(ARGS)

wpt: build ## Runs web-platform-tests in isolates (WPT=/path of a checkout; a part: ARGS="encoding/")
	@exec dotnet tests/wpt/bin/Release/net10.0/Sandbox.Wpt.dll "$(WPT)" artifacts/worker/Sandbox.Worker $(ARGS)

fmt: setup ## Formats the sources
	dotnet format whitespace Sandbox.sln
	dotnet format style Sandbox.sln

ci: setup ## What CI runs: format check, build, the same tests as "make test"
	@$(MAKE) $(BUILT)
	dotnet format whitespace Sandbox.sln --no-restore --verify-no-changes
	dotnet format style Sandbox.sln --no-restore --verify-no-changes
	@$(MAKE) test

vm-test: ## Boots systemd and cgroup v2 in an emulated machine and runs the kill tests there (minutes)
	@build/setup run vm
	@$(MAKE) build
	@exec tests/vm/run $(ARGS)

clean: ## Removes what the build made; the data directory stays
	rm -rf artifacts
	find . \( -name bin -o -name obj \) -type d -not -path '*/node_modules/*' -prune -exec rm -rf {} +

# Stamps: make compares times, so that a second run that has nothing to do costs nothing. The stamp of the build has the time of its begin:
# what was changed meanwhile is built the next time.
NPM_RESTORED := $(patsubst %/package-lock.json,%/node_modules/.package-lock.json,$(wildcard web/package-lock.json worker/package-lock.json worker/icu/package-lock.json tests/libraries/package-lock.json tests/browser/package-lock.json))

$(BUILT): $(HOUSE) $(NPM_RESTORED) $(shell build/sources protocol worker supervisor web examples tests)
	@mkdir -p $(@D) && touch $@.begun
	$(DOTNET_BUILD)
	@mv $@.begun $@

artifacts/supervisor/.published: $(BUILT)
	$(DOTNET_PUBLISH) supervisor -o $(@D)
	@touch $@

artifacts/worker/.published: $(HOUSE) $(shell build/sources protocol worker) | $(BUILT)
	$(DOTNET_PUBLISH) worker -o $(@D)
	@touch $@

artifacts/fakeworker/.published: $(HOUSE) $(shell build/sources protocol tests/FakeWorker) | $(BUILT)
	$(DOTNET_PUBLISH) tests/FakeWorker -o $(@D)
	@touch $@

artifacts/bench/.published: $(BUILT)
	$(DOTNET_PUBLISH) tests/bench -o $(@D)
	@touch $@

# The lock names no registry: npm takes the one it is configured for. What has native parts is compiled, not downloaded.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	npm_config_nodedir=/usr npm_config_build_from_source=true npm ci --prefix $* --no-audit --no-fund --loglevel=error
	@touch $@
