from helmpy.hapi.release import test_suite_pb2 as _test_suite_pb2
from google.protobuf import any_pb2 as _any_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(_message.Message):
    __slots__ = ("code", "resources", "notes", "last_test_suite_run")
    class Code(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[Status.Code]
        DEPLOYED: _ClassVar[Status.Code]
        DELETED: _ClassVar[Status.Code]
        SUPERSEDED: _ClassVar[Status.Code]
        FAILED: _ClassVar[Status.Code]
        DELETING: _ClassVar[Status.Code]
        PENDING_INSTALL: _ClassVar[Status.Code]
        PENDING_UPGRADE: _ClassVar[Status.Code]
        PENDING_ROLLBACK: _ClassVar[Status.Code]
    UNKNOWN: Status.Code
    DEPLOYED: Status.Code
    DELETED: Status.Code
    SUPERSEDED: Status.Code
    FAILED: Status.Code
    DELETING: Status.Code
    PENDING_INSTALL: Status.Code
    PENDING_UPGRADE: Status.Code
    PENDING_ROLLBACK: Status.Code
    CODE_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    LAST_TEST_SUITE_RUN_FIELD_NUMBER: _ClassVar[int]
    code: Status.Code
    resources: str
    notes: str
    last_test_suite_run: _test_suite_pb2.TestSuite
    def __init__(self, code: _Optional[_Union[Status.Code, str]] = ..., resources: _Optional[str] = ..., notes: _Optional[str] = ..., last_test_suite_run: _Optional[_Union[_test_suite_pb2.TestSuite, _Mapping]] = ...) -> None: ...
