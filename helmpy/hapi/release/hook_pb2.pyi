import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Hook(_message.Message):
    __slots__ = ("name", "kind", "path", "manifest", "events", "last_run", "weight", "delete_policies", "delete_timeout")
    class Event(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[Hook.Event]
        PRE_INSTALL: _ClassVar[Hook.Event]
        POST_INSTALL: _ClassVar[Hook.Event]
        PRE_DELETE: _ClassVar[Hook.Event]
        POST_DELETE: _ClassVar[Hook.Event]
        PRE_UPGRADE: _ClassVar[Hook.Event]
        POST_UPGRADE: _ClassVar[Hook.Event]
        PRE_ROLLBACK: _ClassVar[Hook.Event]
        POST_ROLLBACK: _ClassVar[Hook.Event]
        RELEASE_TEST_SUCCESS: _ClassVar[Hook.Event]
        RELEASE_TEST_FAILURE: _ClassVar[Hook.Event]
        CRD_INSTALL: _ClassVar[Hook.Event]
    UNKNOWN: Hook.Event
    PRE_INSTALL: Hook.Event
    POST_INSTALL: Hook.Event
    PRE_DELETE: Hook.Event
    POST_DELETE: Hook.Event
    PRE_UPGRADE: Hook.Event
    POST_UPGRADE: Hook.Event
    PRE_ROLLBACK: Hook.Event
    POST_ROLLBACK: Hook.Event
    RELEASE_TEST_SUCCESS: Hook.Event
    RELEASE_TEST_FAILURE: Hook.Event
    CRD_INSTALL: Hook.Event
    class DeletePolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SUCCEEDED: _ClassVar[Hook.DeletePolicy]
        FAILED: _ClassVar[Hook.DeletePolicy]
        BEFORE_HOOK_CREATION: _ClassVar[Hook.DeletePolicy]
    SUCCEEDED: Hook.DeletePolicy
    FAILED: Hook.DeletePolicy
    BEFORE_HOOK_CREATION: Hook.DeletePolicy
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    LAST_RUN_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    DELETE_POLICIES_FIELD_NUMBER: _ClassVar[int]
    DELETE_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: str
    path: str
    manifest: str
    events: _containers.RepeatedScalarFieldContainer[Hook.Event]
    last_run: _timestamp_pb2.Timestamp
    weight: int
    delete_policies: _containers.RepeatedScalarFieldContainer[Hook.DeletePolicy]
    delete_timeout: int
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[str] = ..., path: _Optional[str] = ..., manifest: _Optional[str] = ..., events: _Optional[_Iterable[_Union[Hook.Event, str]]] = ..., last_run: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., weight: _Optional[int] = ..., delete_policies: _Optional[_Iterable[_Union[Hook.DeletePolicy, str]]] = ..., delete_timeout: _Optional[int] = ...) -> None: ...
