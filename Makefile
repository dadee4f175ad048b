# The two commands of the README, and the parts of the second one.

# Where `make run` keeps its data and listens.
DATA ?= ./data
LISTEN ?= 127.0.0.1:8080

.PHONY: help run test assets fmt lint tidy clean

help:
	@echo "make run      build and start on http://$(LISTEN), data in $(DATA)"
	@echo "make test     everything CI runs"
	@echo "make assets   bundle the browser code"
	@echo "make fmt      format the Rust code"
	@echo "make lint     clippy over everything, and the house rules"
	@echo "make clean    remove what was built; the data stays"

run:
	@scripts/run.sh "$(DATA)" "$(LISTEN)"

test:
	@scripts/test.sh

assets:
	@scripts/assets.sh

fmt:
	cargo fmt --all

lint: assets
	cargo clippy --workspace --all-targets -- -D warnings
	cargo xtask tidy

clean:
	cargo clean
	rm -rf .venv e2e/browser/node_modules e2e/browser/out
	rm -rf crates/sightline-web/assets/node_modules crates/sightline-web/assets/dist
