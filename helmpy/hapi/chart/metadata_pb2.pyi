from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Maintainer(_message.Message):
    __slots__ = ("name", "email", "url")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    name: str
    email: str
    url: str
    def __init__(self, name: _Optional[str] = ..., email: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class Metadata(_message.Message):
    __slots__ = ("name", "home", "sources", "version", "description", "keywords", "maintainers", "engine", "icon", "apiVersion", "condition", "tags", "appVersion", "deprecated", "tillerVersion", "annotations", "kubeVersion")
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[Metadata.Engine]
        GOTPL: _ClassVar[Metadata.Engine]
    UNKNOWN: Metadata.Engine
    GOTPL: Metadata.Engine
    class AnnotationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOME_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    MAINTAINERS_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    APIVERSION_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    APPVERSION_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_FIELD_NUMBER: _ClassVar[int]
    TILLERVERSION_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    KUBEVERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    home: str
    sources: _containers.RepeatedScalarFieldContainer[str]
    version: str
    description: str
    keywords: _containers.RepeatedScalarFieldContainer[str]
    maintainers: _containers.RepeatedCompositeFieldContainer[Maintainer]
    engine: str
    icon: str
    apiVersion: str
    condition: str
    tags: str
    appVersion: str
    deprecated: bool
    tillerVersion: str
    annotations: _containers.ScalarMap[str, str]
    kubeVersion: str
    def __init__(self, name: _Optional[str] = ..., home: _Optional[str] = ..., sources: _Optional[_Iterable[str]] = ..., version: _Optional[str] = ..., description: _Optional[str] = ..., keywords: _Optional[_Iterable[str]] = ..., maintainers: _Optional[_Iterable[_Union[Maintainer, _Mapping]]] = ..., engine: _Optional[str] = ..., icon: _Optional[str] = ..., apiVersion: _Optional[str] = ..., condition: _Optional[str] = ..., tags: _Optional[str] = ..., appVersion: _Optional[str] = ..., deprecated: bool = ..., tillerVersion: _Optional[str] = ..., annotations: _Optional[_Mapping[str, str]] = ..., kubeVersion: _Optional[str] = ...) -> None: ...
