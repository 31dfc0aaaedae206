# Every target is one command of run.py; README.md says what they do.
.PHONY: run test check fix bench lock

run test check fix bench:
	python3 run.py $@ $(ARGS)

# Writes the lock files anew: hashes only, no address of any registry.
LOCK = uv pip compile --universal --python-version 3.12 --generate-hashes --quiet \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate $(UPGRADE)
DEV = --group test --group e2e --group i18n --group lint

lock:
	$(LOCK) pyproject.toml --extra embedded -o cpor/locks/run.txt
	$(LOCK) pyproject.toml --extra embedded $(DEV) -c cpor/locks/run.txt -o cpor/locks/dev.txt
	$(LOCK) --group assets -o cpor/locks/assets.txt
	npm install --package-lock-only --ignore-scripts
