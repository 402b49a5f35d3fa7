from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Version(_message.Message):
    __slots__ = ("sem_ver", "git_commit", "git_tree_state")
    SEM_VER_FIELD_NUMBER: _ClassVar[int]
    GIT_COMMIT_FIELD_NUMBER: _ClassVar[int]
    GIT_TREE_STATE_FIELD_NUMBER: _ClassVar[int]
    sem_ver: str
    git_commit: str
    git_tree_state: str
    def __init__(self, sem_ver: _Optional[str] = ..., git_commit: _Optional[str] = ..., git_tree_state: _Optional[str] = ...) -> None: ...
