# Diarchy. `make` lists what there is to do.

SHELL := bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

PROGRAM     := bin/diarchy
BUNDLE      := internal/report/assets/report.js
ROOMS       := internal/web/assets/rooms.js
WEB_SOURCES := $(wildcard web/src/*) web/build.mjs web/tsconfig.json
WEB_TOOLS   := web/node_modules/.package-lock.json
VERSION      = $(shell git describe --always --dirty 2>/dev/null)
GOTOOL      := go tool -modfile=tools/go.mod

# Every test is run with the race detector but those of these packages, and those of
# internal/app that have these names (docs/decisions/0032-where-the-race-detector-looks.md). What is new is run
# with it. A package that takes long begins early, so that no core waits at the end.
PLAIN      := drill store/storetest metric report bench/facts demo playbook
PLAIN_APP  := TestPlantedTruthsAreFound TestHealthyCompanyIsLeftInPeace TestLensesDisagree TestJudgementsAreWalkedDown \
              TestAgreementOfTheDemo TestBackupComesBack TestRollupsFollowTheFacts TestStatusAndHints TestCommandsRun
RACE_FIRST := app source/git/object ingest ledger account source/git
PLAIN_NAMES = ^($(shell echo $(PLAIN_APP) | tr ' ' '|'))$$

# DuckDB is linked into a dozen test programs: mold takes 9 s of a processor for each,
# gcc's own linker 15.
TEST_LINKER := $(if $(shell command -v mold),-ldflags=-extldflags=-fuse-ld=mold)
TEST        := DIARCHY_REQUIRE_BROWSER=1 DIARCHY_REQUIRE_POSTGRES=1 go test $(TEST_LINKER) -timeout 60m

# Settings, as in: make diagnose REPO=~/src/payments HTML=payments.html
REPO       ?=
HTML       ?= diagnosis.html
WORKSPACE  ?= demo-company
LISTEN     ?= 127.0.0.1:8411
BENCH_REPO ?=
BENCH_RUNS ?= 5
BENCH_ROWS ?= 10000000
BENCH_COPIES ?= 1
BENCH_FACTS ?=
export REPO HTML WORKSPACE LISTEN BENCH_REPO BENCH_RUNS BENCH_ROWS BENCH_COPIES BENCH_FACTS

.PHONY: help diagnose build web serve screenshots demo check drill audit bench bench-scale bench-serve bench-pages bench-sources clean
.PHONY: need-repo need-go need-web need-browser need-postgres

help: ## list the targets
	@echo 'usage: make TARGET'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

diagnose: need-repo build ## diagnose a git clone, or a folder of clones: make diagnose REPO=path
	@repo="$$REPO"; case "$$repo" in "~/"*) repo="$$HOME/$${repo#\~/}" ;; esac; \
	$(PROGRAM) diagnose --html "$$HTML" -- "$$repo" || { status=$$?; test $$status -eq 4 || exit $$status; }

build: need-go $(BUNDLE) $(ROOMS) ## build bin/diarchy
	@go build -buildvcs=false -ldflags '-X github.com/diarchy/diarchy/internal/app.version=$(VERSION)' -o $(PROGRAM) ./cmd/diarchy

web: need-web ## build the scripts of pages from web/
	@rm -f $(BUNDLE) $(ROOMS)
	@$(MAKE) --no-print-directory $(BUNDLE)
	@test -s $(BUNDLE) -a -s $(ROOMS)

serve: build ## open the product in a browser, on WORKSPACE or a new demo company
	@if test ! -e "$$WORKSPACE/diarchy.yaml" -a "$$WORKSPACE" = demo-company; then $(PROGRAM) demo --quiet demo-company >/dev/null; fi
	@$(PROGRAM) serve --workspace "$$WORKSPACE" --listen "$$LISTEN"

screenshots: build need-browser ## make the pictures of every room in docs/screenshots
	@go run ./internal/shots -program $(PROGRAM)

demo: build ## make a synthetic company with planted troubles, and diagnose it
	@$(PROGRAM) demo --html demo.html

check: need-go need-web need-browser need-postgres build ## the one gate: everything that must hold before a change is handed in
	@test -s $(BUNDLE) || { echo 'make check: $(BUNDLE) is not built; see the message of npm above' >&2; exit 1; }
	@echo 'gofmt';        out=$$(gofmt -l cmd internal) && test -z "$$out" || { echo "not formatted, run gofmt -w:" $$out >&2; exit 1; }
	@echo 'go vet';       go vet ./... && go vet -tags bench ./internal/source/...
	@echo 'staticcheck';  $(GOTOOL) staticcheck ./...
	@echo 'TypeScript';   npm --prefix web run --silent check
	@echo 'import table'; go test ./internal/archtest
	@echo 'playbook';     $(PROGRAM) playbook test
	@echo 'drills (kills, full disks, damaged files) and statements, on both databases, without the race detector'
	@$(TEST) $(PLAIN:%=./internal/%)
	@$(TEST) -run '$(PLAIN_NAMES)' ./internal/app
	@echo 'all other tests, with the race detector, a browser and both databases'
	@all=$$(go list ./...) && first=$$(go list $(RACE_FIRST:%=./internal/%)) && plain=$$(go list $(PLAIN:%=./internal/%)) && \
	$(TEST) -race -skip '$(PLAIN_NAMES)' $$first $$(grep -vxF -e "$$first" -e "$$plain" <<< "$$all")

drill: need-go ## the long form of what docs/reliability.md lists: thousands of kills, full disks, damaged files (root, about an hour)
	@cd internal/drill && DIARCHY_DRILL=1 go test -count=1 -timeout 8h
	@cd internal/store/storetest && DIARCHY_DRILL=1 go test -count=1 -timeout 1h -run TestOrderOfReading
	@cd internal/ledger && DIARCHY_DRILL=1 go test -count=1 -timeout 30m -run 'Killed|OnPostgres'

audit: need-go ## look for known vulnerabilities in what is linked in (asks vuln.go.dev)
	@go mod verify
	@$(GOTOOL) govulncheck ./...

bench: build ## in a few minutes: reading a history (the demo's, or BENCH_REPO=path), each system, and every metric over 300,000 facts
	@echo 'Reading a history, against git log --numstat:'
	@go run ./internal/bench -program $(PROGRAM) -runs "$$BENCH_RUNS" -- "$$BENCH_REPO"
	@echo; echo 'Items a second of each system into the database, and the cost of its news:'
	@$(MAKE) --no-print-directory bench-sources
	@echo; echo 'Every metric over the facts of a company (make bench-scale: of 10 million):'
	@go run ./internal/bench scale -rows 300000 -runs 3
	@echo; echo 'make bench-serve and make bench-pages let fifty users read at once.'

bench-scale: need-go ## time of every metric over the facts of a synthetic company (BENCH_ROWS=10000000), and of so many like it together (BENCH_COPIES=10)
	@go run ./internal/bench scale -rows "$$BENCH_ROWS" -copies "$$BENCH_COPIES" -runs "$$BENCH_RUNS"

bench-serve: build ## times of the rooms with fifty users at once, against those of a file
	@go run ./internal/bench serve -program $(PROGRAM)

bench-pages: need-go ## fifty users who read a page a second each, over facts that bench-scale made (BENCH_FACTS=file)
	@test -s "$$BENCH_FACTS" || { echo 'make bench-pages: name a file that `go run ./internal/bench scale -database FILE` made: BENCH_FACTS=FILE' >&2; exit 2; }
	@DIARCHY_BENCH_FACTS="$$(realpath "$$BENCH_FACTS")" go test -tags bench -run XXX -bench Pages -benchtime 3000x -timeout 2h ./internal/app

bench-sources: need-go ## items a second of each system into the database, and the cost of its news, against fetching the same pages
	@go test -tags bench -run XXX -bench Connector ./internal/source/...

clean: ## remove what was built
	@rm -rf bin web/node_modules $(BUNDLE) $(ROOMS) diagnosis.html demo.html

# The charts' script is built when it is missing or its sources changed. Without npm,
# or without a network, the program is built all the same: pages then show tables in
# the place of charts.
$(BUNDLE): $(WEB_TOOLS) $(WEB_SOURCES)
	@if test -x web/node_modules/.bin/esbuild; then npm --prefix web run --silent build; \
	elif test -s $@; then echo 'make: going on with the charts that were built earlier' >&2; \
	else echo 'make: going on without charts; pages will show tables in their place' >&2; fi

$(ROOMS): $(BUNDLE)
	@test -s $@ || if test -x web/node_modules/.bin/esbuild; then npm --prefix web run --silent build; else true; fi

$(WEB_TOOLS): web/package.json web/package-lock.json
	@if ! command -v node >/dev/null; then echo 'make: node is missing (Debian: apt-get install nodejs npm); charts cannot be built' >&2; \
	elif ! command -v npm >/dev/null; then echo 'make: npm is missing (Debian: apt-get install npm); charts cannot be built' >&2; \
	elif npm --prefix web ci; then touch $@; \
	else echo 'make: npm could not install what web/package-lock.json names; charts cannot be built' >&2; fi

need-repo:
	@test -n "$$REPO" || { echo 'make diagnose: say which git clone, or folder of clones, to look at: make diagnose REPO=path' >&2; exit 2; }

need-go:
	@for program in go git gcc; do \
	command -v $$program >/dev/null || { echo "make: $$program is missing: building needs Go 1.26, git and gcc (DuckDB is linked in through cgo)" >&2; exit 1; }; done

need-web:
	@for program in node npm; do \
	command -v $$program >/dev/null || { echo "make: $$program is missing: building the charts needs Node 20 or later with npm (Debian: apt-get install nodejs npm)" >&2; exit 1; }; done

# The pages of the report are opened in a real browser.
need-browser:
	@for browser in "$$DIARCHY_CHROMIUM" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do \
	if test -n "$$browser" -a -x "$$browser"; then exit 0; fi; done; \
	if test "$$(id -u)" -eq 0 && command -v apt-get >/dev/null; then \
	echo 'installing chromium from the packages of this system'; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else echo 'make check: chromium is missing: install it (Debian: apt-get install chromium), or set DIARCHY_CHROMIUM to its path' >&2; exit 1; fi

# What is stored and measured is compared on both databases.
need-postgres:
	@for server in "$$(command -v postgres)" /usr/lib/postgresql/*/bin/postgres; do \
	if test -n "$$server" -a -x "$$server"; then exit 0; fi; done; \
	if test "$$(id -u)" -eq 0 && command -v apt-get >/dev/null; then \
	echo 'installing postgresql from the packages of this system'; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; \
	else echo 'make check: PostgreSQL is missing: install it (Debian: apt-get install postgresql)' >&2; exit 1; fi
