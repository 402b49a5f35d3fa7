"""Every function by its name in a template: where it lives, what Go takes and what Go returns.

A row is ``(place, parameters, result)``; ``place`` is ``topic.name``, the parameters are Go types as
GoFunc knows them, separated by blanks. ``SETTLED`` places take the Settings as their first argument.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[str, str, str]

SETTLED = frozenset(
    [
        "strings.indent",
        "strings.nindent",
        "strings.repeat",
        "strings.wrap",
        "strings.wrap_with",
        "strings.replace",
        "strings.join",
        "numbers.until",
        "numbers.until_step",
        "numbers.seq",
        "lists.append",
        "lists.prepend",
        "lists.concat",
        "dicts.deep_copy",
        "randomness.rand_alpha_num",
        "randomness.rand_alpha",
        "randomness.rand_ascii",
        "randomness.rand_numeric",
        "randomness.rand_bytes",
        "dates.now",
        "dates.date",
        "dates.date_in_zone",
        "dates.html_date",
        "dates.html_date_in_zone",
        "dates.ago",
        "dates.duration_round",
        "regexes.replace_all",
        "regexes.replace_all_literal",
        "regexes.must_replace_all",
        "regexes.must_replace_all_literal",
        "network.get_host_by_name",
        "certificates.gen_ca",
        "certificates.gen_ca_with_key",
        "certificates.gen_self_signed_cert",
        "certificates.gen_self_signed_cert_with_key",
        "certificates.gen_signed_cert",
        "certificates.gen_signed_cert_with_key",
    ]
)

# What does more than return a value that depends on its arguments alone: topics all of whose functions do, and others.
IMPURE_TOPICS = frozenset(["certificates", "dates", "keys", "network", "passwords", "randomness"])
IMPURE = frozenset(
    [
        "ciphers.encrypt_aes",
        "dicts.merge",
        "dicts.merge_overwrite",
        "dicts.merge_overwrite_v2",
        "dicts.merge_v2",
        "dicts.set_key",
        "dicts.unset",
    ]
)
# The functions that change a map they are given.
CHANGING = frozenset(["merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "set", "unset"])

_TEXT: dict[str, Row] = {
    "abbrev": ("strings.abbrev", "int string", "string"),
    "abbrevboth": ("strings.abbrevboth", "int int string", "string"),
    "camelcase": ("wordcase.camelcase", "string", "string"),
    "cat": ("strings.cat", "...any", "string"),
    "contains": ("strings.contains", "string string", "bool"),
    "hasPrefix": ("strings.has_prefix", "string string", "bool"),
    "hasSuffix": ("strings.has_suffix", "string string", "bool"),
    "indent": ("strings.indent", "int string", "string"),
    "initials": ("strings.initials", "string", "string"),
    "join": ("strings.join", "string any", "string"),
    "kebabcase": ("wordcase.kebabcase", "string", "string"),
    "lower": ("strings.lower", "string", "string"),
    "nindent": ("strings.nindent", "int string", "string"),
    "nospace": ("strings.nospace", "string", "string"),
    "plural": ("strings.plural", "string string int", "string"),
    "quote": ("strings.quote", "...any", "string"),
    "repeat": ("strings.repeat", "int string", "string"),
    "replace": ("strings.replace", "string string string", "string"),
    "shuffle": ("randomness.shuffle", "string", "string"),
    "snakecase": ("wordcase.snakecase", "string", "string"),
    "split": ("strings.split", "string string", "map[string]string"),
    "splitList": ("strings.split_list", "string string", "strings"),
    "splitn": ("strings.splitn", "string int string", "map[string]string"),
    "squote": ("strings.squote", "...any", "string"),
    "substr": ("strings.substr", "int int string", "string"),
    "swapcase": ("strings.swapcase", "string", "string"),
    "title": ("strings.title", "string", "string"),
    "toString": ("strings.strval", "any", "string"),
    "toStrings": ("strings.to_strings", "any", "strings"),
    "trim": ("strings.trim", "string", "string"),
    "trimAll": ("strings.trim_all", "string string", "string"),
    "trimPrefix": ("strings.trim_prefix", "string string", "string"),
    "trimSuffix": ("strings.trim_suffix", "string string", "string"),
    "trimall": ("strings.trim_all", "string string", "string"),
    "trunc": ("strings.trunc", "int string", "string"),
    "untitle": ("strings.untitle", "string", "string"),
    "upper": ("strings.upper", "string", "string"),
    "wrap": ("strings.wrap", "int string", "string"),
    "wrapWith": ("strings.wrap_with", "int string string", "string"),
}

_NUMBERS: dict[str, Row] = {
    "add": ("numbers.V3.add", "...any", "int64"),
    "add1": ("numbers.V3.add1", "any", "int64"),
    "add1f": ("decimals.add1f", "any", "float64"),
    "addf": ("decimals.addf", "...any", "float64"),
    "atoi": ("numbers.atoi", "string", "int"),
    "biggest": ("numbers.V3.largest", "any ...any", "int64"),
    "ceil": ("numbers.V3.ceil", "any", "float64"),
    "div": ("numbers.V3.div", "any any", "int64"),
    "divf": ("decimals.divf", "any ...any", "float64"),
    "float64": ("numbers.V3.to_float64", "any", "float64"),
    "floor": ("numbers.V3.floor", "any", "float64"),
    "int": ("numbers.V3.to_int", "any", "int"),
    "int64": ("numbers.V3.to_int64", "any", "int64"),
    "max": ("numbers.V3.largest", "any ...any", "int64"),
    "maxf": ("numbers.V3.largest_real", "any ...any", "float64"),
    "min": ("numbers.V3.smallest", "any ...any", "int64"),
    "minf": ("numbers.V3.smallest_real", "any ...any", "float64"),
    "mod": ("numbers.V3.mod", "any any", "int64"),
    "mul": ("numbers.V3.mul", "any ...any", "int64"),
    "mulf": ("decimals.mulf", "any ...any", "float64"),
    "randInt": ("randomness.rand_int", "int int", "int"),
    "round": ("numbers.V3.round_to", "any int ...float64", "float64"),
    "seq": ("numbers.seq", "...int", "string"),
    "sub": ("numbers.V3.sub", "any any", "int64"),
    "subf": ("decimals.subf", "any ...any", "float64"),
    "toDecimal": ("numbers.to_decimal", "any", "int64"),
    "until": ("numbers.until", "int", "[]int"),
    "untilStep": ("numbers.until_step", "int int int", "[]int"),
}

_LISTS: dict[str, Row] = {
    "append": ("lists.append", "any any", "list"),
    "chunk": ("lists.chunk", "int any", "[][]interface {}"),
    "compact": ("lists.compact", "any", "list"),
    "concat": ("lists.concat", "...any", "any"),
    "first": ("lists.first", "any", "any"),
    "has": ("lists.has", "any any", "bool"),
    "initial": ("lists.initial", "any", "list"),
    "last": ("lists.last", "any", "any"),
    "list": ("lists.make_list", "...any", "list"),
    "mustAppend": ("lists.append", "any any", "list"),
    "mustChunk": ("lists.chunk", "int any", "[][]interface {}"),
    "mustCompact": ("lists.compact", "any", "list"),
    "mustFirst": ("lists.first", "any", "any"),
    "mustHas": ("lists.has", "any any", "bool"),
    "mustInitial": ("lists.initial", "any", "list"),
    "mustLast": ("lists.last", "any", "any"),
    "mustPrepend": ("lists.prepend", "any any", "list"),
    "mustPush": ("lists.append", "any any", "list"),
    "mustRest": ("lists.rest", "any", "list"),
    "mustReverse": ("lists.reverse", "any", "list"),
    "mustSlice": ("lists.slice_list", "any ...any", "any"),
    "mustUniq": ("lists.uniq", "any", "list"),
    "mustWithout": ("lists.without", "any ...any", "list"),
    "prepend": ("lists.prepend", "any any", "list"),
    "push": ("lists.append", "any any", "list"),
    "rest": ("lists.rest", "any", "list"),
    "reverse": ("lists.reverse", "any", "list"),
    "slice": ("lists.slice_list", "any ...any", "any"),
    "sortAlpha": ("lists.sort_alpha", "any", "strings"),
    "tuple": ("lists.make_list", "...any", "list"),
    "uniq": ("lists.uniq", "any", "list"),
    "without": ("lists.without", "any ...any", "list"),
}

_DICTS: dict[str, Row] = {
    "deepCopy": ("dicts.deep_copy", "any", "any"),
    "dict": ("dicts.make_dict", "...any", "dict"),
    "dig": ("dicts.dig", "...any", "any"),
    "get": ("dicts.get", "dict string", "any"),
    "hasKey": ("dicts.has_key", "dict string", "bool"),
    "keys": ("dicts.keys", "...dict", "strings"),
    "merge": ("dicts.merge", "dict ...dict", "any"),
    "mergeOverwrite": ("dicts.merge_overwrite", "dict ...dict", "any"),
    "mustDeepCopy": ("dicts.deep_copy", "any", "any"),
    "mustMerge": ("dicts.merge", "dict ...dict", "any"),
    "mustMergeOverwrite": ("dicts.merge_overwrite", "dict ...dict", "any"),
    "omit": ("dicts.omit", "dict ...string", "dict"),
    "pick": ("dicts.pick", "dict ...string", "dict"),
    "pluck": ("dicts.pluck", "string ...dict", "list"),
    "set": ("dicts.set_key", "dict string any", "dict"),
    "unset": ("dicts.unset", "dict string", "dict"),
    "values": ("dicts.values", "dict", "list"),
}

_VALUES: dict[str, Row] = {
    "all": ("defaults.every", "...any", "bool"),
    "any": ("defaults.some", "...any", "bool"),
    "coalesce": ("defaults.coalesce", "...any", "any"),
    "deepEqual": ("reflection.deep_equal", "any any", "bool"),
    "default": ("defaults.default", "any ...any", "any"),
    "empty": ("defaults.empty", "any", "bool"),
    "fail": ("flow.fail", "string", "string"),
    "hello": ("flow.hello", "", "string"),
    "kindIs": ("reflection.kind_is", "string any", "bool"),
    "kindOf": ("reflection.kind_of", "any", "string"),
    "ternary": ("defaults.ternary", "any any bool", "any"),
    "typeIs": ("reflection.type_is", "string any", "bool"),
    "typeIsLike": ("reflection.type_is_like", "string any", "bool"),
    "typeOf": ("reflection.type_of", "any", "string"),
}

_ENCODING: dict[str, Row] = {
    "adler32sum": ("digests.adler32sum", "string", "string"),
    "b32dec": ("encoding.b32dec", "string", "string"),
    "b32enc": ("encoding.b32enc", "string", "string"),
    "b64dec": ("encoding.b64dec", "string", "string"),
    "b64enc": ("encoding.b64enc", "string", "string"),
    "fromJson": ("encoding.from_json", "string", "any"),
    "mustFromJson": ("encoding.must_from_json", "string", "any"),
    "mustToJson": ("encoding.V3.must_to_json", "any", "string"),
    "mustToPrettyJson": ("encoding.V3.must_to_pretty_json", "any", "string"),
    "mustToRawJson": ("encoding.V3.to_raw_json", "any", "string"),
    "sha1sum": ("digests.sha1sum", "string", "string"),
    "sha256sum": ("digests.sha256sum", "string", "string"),
    "toJson": ("encoding.V3.to_json", "any", "string"),
    "toPrettyJson": ("encoding.V3.to_pretty_json", "any", "string"),
    "toRawJson": ("encoding.V3.to_raw_json", "any", "string"),
}

_PATHS_AND_NAMES: dict[str, Row] = {
    "base": ("paths.base", "string", "string"),
    "clean": ("paths.clean", "string", "string"),
    "dir": ("paths.directory", "string", "string"),
    "ext": ("paths.extension", "string", "string"),
    "getHostByName": ("network.get_host_by_name", "string", "string"),
    "isAbs": ("paths.is_absolute", "string", "bool"),
    "osBase": ("paths.base", "string", "string"),
    "osClean": ("paths.clean", "string", "string"),
    "osDir": ("paths.directory", "string", "string"),
    "osExt": ("paths.extension", "string", "string"),
    "osIsAbs": ("paths.is_absolute", "string", "bool"),
    "semver": ("versions.V3.semver", "string", "*semver.Version"),
    "semverCompare": ("versions.V3.semver_compare", "string string", "bool"),
    "urlJoin": ("urls.url_join", "dict", "string"),
    "urlParse": ("urls.url_parse", "string", "dict"),
}

_REGEXES: dict[str, Row] = {
    "mustRegexFind": ("regexes.find", "string string", "string"),
    "mustRegexFindAll": ("regexes.find_all", "string string int", "strings"),
    "mustRegexMatch": ("regexes.must_match", "string string", "bool"),
    "mustRegexReplaceAll": ("regexes.must_replace_all", "string string string", "string"),
    "mustRegexReplaceAllLiteral": ("regexes.must_replace_all_literal", "string string string", "string"),
    "mustRegexSplit": ("regexes.split", "string string int", "strings"),
    "regexFind": ("regexes.find_or_panic", "string string", "string"),
    "regexFindAll": ("regexes.find_all_or_panic", "string string int", "strings"),
    "regexMatch": ("regexes.match", "string string", "bool"),
    "regexQuoteMeta": ("regexes.quote_meta", "string", "string"),
    "regexReplaceAll": ("regexes.replace_all", "string string string", "string"),
    "regexReplaceAllLiteral": ("regexes.replace_all_literal", "string string string", "string"),
    "regexSplit": ("regexes.split_or_panic", "string string int", "strings"),
}

_DATES: dict[str, Row] = {
    "ago": ("dates.ago", "any", "string"),
    "date": ("dates.date", "string any", "string"),
    "dateInZone": ("dates.date_in_zone", "string any string", "string"),
    "dateModify": ("dates.date_modify", "string time.Time", "time.Time"),
    "date_in_zone": ("dates.date_in_zone", "string any string", "string"),
    "date_modify": ("dates.date_modify", "string time.Time", "time.Time"),
    "duration": ("dates.duration", "any", "string"),
    "durationRound": ("dates.duration_round", "any", "string"),
    "htmlDate": ("dates.html_date", "any", "string"),
    "htmlDateInZone": ("dates.html_date_in_zone", "any string", "string"),
    "mustDateModify": ("dates.must_date_modify", "string time.Time", "time.Time"),
    "mustToDate": ("dates.must_to_date", "string string", "time.Time"),
    "must_date_modify": ("dates.must_date_modify", "string time.Time", "time.Time"),
    "now": ("dates.now", "", "time.Time"),
    "toDate": ("dates.to_date", "string string", "time.Time"),
    "unixEpoch": ("dates.unix_epoch", "time.Time", "string"),
}

_CERTIFICATE = "sprig.certificate"
_CRYPTO: dict[str, Row] = {
    "bcrypt": ("passwords.bcrypt", "string", "string"),
    "buildCustomCert": ("certificates.build_custom_cert", "string string", _CERTIFICATE),
    "decryptAES": ("ciphers.decrypt_aes", "string string", "string"),
    "derivePassword": ("passwords.derive_password", "uint32 string string string string", "string"),
    "encryptAES": ("ciphers.encrypt_aes", "string string", "string"),
    "genCA": ("certificates.gen_ca", "string int", _CERTIFICATE),
    "genCAWithKey": ("certificates.gen_ca_with_key", "string int string", _CERTIFICATE),
    "genPrivateKey": ("keys.gen_private_key", "string", "string"),
    "genSelfSignedCert": ("certificates.gen_self_signed_cert", "string list list int", _CERTIFICATE),
    "genSelfSignedCertWithKey": (
        "certificates.gen_self_signed_cert_with_key",
        "string list list int string",
        _CERTIFICATE,
    ),
    "genSignedCert": ("certificates.gen_signed_cert", "string list list int sprig.certificate", _CERTIFICATE),
    "genSignedCertWithKey": (
        "certificates.gen_signed_cert_with_key",
        "string list list int sprig.certificate string",
        _CERTIFICATE,
    ),
    "htpasswd": ("passwords.htpasswd", "string string", "string"),
    "randAlpha": ("randomness.rand_alpha", "int", "string"),
    "randAlphaNum": ("randomness.rand_alpha_num", "int", "string"),
    "randAscii": ("randomness.rand_ascii", "int", "string"),
    "randBytes": ("randomness.rand_bytes", "int", "string"),
    "randNumeric": ("randomness.rand_numeric", "int", "string"),
    "uuidv4": ("randomness.uuidv4", "", "string"),
}

# sprig 3.2
V3: dict[str, Row] = {
    **_TEXT,
    **_NUMBERS,
    **_LISTS,
    **_DICTS,
    **_VALUES,
    **_ENCODING,
    **_PATHS_AND_NAMES,
    **_REGEXES,
    **_DATES,
    **_CRYPTO,
}

# sprig 2.22, where it gives something else; what it lacks or refuses is as in 3.2.
_CONVERTED = (
    "add add1 biggest ceil div float64 floor int int64 max min mod mul round semver semverCompare sub "
    "toJson toPrettyJson"
)
V2: dict[str, Row] = {
    **V3,
    **{name: (V3[name][0].replace(".V3.", ".V2."), *V3[name][1:]) for name in _CONVERTED.split()},
    "camelcase": ("wordcase.camelcase_small", "string", "string"),
    "genPrivateKey": ("keys.gen_private_key_v2", "string", "string"),
    "kebabcase": ("wordcase.kebabcase_v2", "string", "string"),
    "merge": ("dicts.merge_v2", "dict ...dict", "any"),
    "mergeOverwrite": ("dicts.merge_overwrite_v2", "dict ...dict", "any"),
    "slice": ("lists.slice_list_v2", "any ...any", "any"),
    "snakecase": ("wordcase.snakecase_v2", "string", "string"),
}
