"""How JupyterLab's server is started, the same for everybody."""

_NOT_LISTED = (
    *("__pycache__", "*.pyc", "*.pyo", ".DS_Store", "*~"),  # as Jupyter Server has it
    *("[0-9]*.[0-9]*.[0-9]*.environment", "dev.environment"),  # the packages beside a module that the project imports
)
LAB_OPTIONS = (
    "--allow-root",  # the sandbox holds the server, whoever starts it
    "--ServerApp.allow_remote_access=True",  # requests come through the proxy, which checks the Host header
    "--ServerApp.terminals_enabled=True",
    "--ServerApp.quit_button=False",
    "--HubOAuth.cache_max_age=30",  # seconds for which a withdrawn sign-in is still believed
    "--KernelSpecManager.ensure_native_kernel=False",  # code runs in the project's environment, not in JupyterLab's
    "--KernelSpecManager.allowed_kernelspecs=python3",
    "--LabApp.collaborative=False",
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--ContentsManager.allow_hidden=False",
    *(f"--ContentsManager.hide_globs={name}" for name in _NOT_LISTED),
)
