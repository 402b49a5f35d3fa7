"""What a person types that nobody shall see: passwords, passphrases, tokens."""

from __future__ import annotations


def typed(question: str) -> str:
    """Return what a person types at the terminal. Raises EOFError where there is none: what is piped is no secret."""
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(question)
        except GetPassWarning as error:
            raise EOFError from error
