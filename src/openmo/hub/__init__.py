"""JupyterHub as OpenMo runs it: configuration, sign-in, notebook servers, the proxy, and what others ask the Hub."""

import sys

# JupyterHub's event log imports jsonschema with every optional format checker. One of them compiles a grammar for
# internationalised URLs as it is imported, which takes a quarter of the Hub's start and serves no schema of the Hub.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "cannot be imported", as documented
