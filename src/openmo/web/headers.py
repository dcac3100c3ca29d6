"""What every answer says to the browser about what its content may do."""

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def leading_to(projects: str) -> str:
    """The policy of pages whose forms lead on to projects' own addresses, given as a source; empty: nowhere else."""
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {projects}".strip())


SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
}
