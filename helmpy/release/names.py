"""Names of releases: the rules they keep, and new ones.

Two rules exist in Helm 2. The client demands a DNS subdomain of ``--name``; the server a wider
pattern of every name it is asked about, and of a new release its length only. All checks are
linear in the name's length.
"""

from __future__ import annotations

from helmpy.release.error import ReleaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import random
    from collections.abc import Callable


MAX_LENGTH = 53  # bytes: 63 of a DNS label less ten for what charts append
MAX_SUBDOMAIN = 253

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_ALNUM = _LOWER | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WORD = _ALNUM | frozenset("-_.")
_LABEL = _LOWER | {"-"}

_PATTERN = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])+$"
_SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"


class InvalidName(ReleaseError):
    """A name breaks the rules; the message says which, in Helm 2.17's words."""


class NoFreeName(ReleaseError):
    """Every generated name was taken."""


def check_name(name: str) -> None:
    """Raise InvalidName unless the server would take the name of an existing release."""
    if not name:
        raise InvalidName("no release provided")
    if not (_keeps_pattern(name) and len(name.encode()) <= MAX_LENGTH):
        raise InvalidName(
            f"invalid release name, must match regex {_PATTERN} and the length must not be longer than {MAX_LENGTH}"
        )


def check_length(name: str) -> None:
    """Raise InvalidName where a new release's name is too long: all that the server checks then."""
    if len(name.encode()) > MAX_LENGTH:
        raise InvalidName(f'release name "{name}" exceeds max length of {MAX_LENGTH}')


def check_subdomain(name: str) -> None:
    """Raise InvalidName unless the client would take the name for a new release."""
    reasons = []
    if len(name.encode()) > MAX_SUBDOMAIN:
        reasons.append(f"must be no more than {MAX_SUBDOMAIN} characters")
    if not all(_is_label(label) for label in name.split(".")):
        reasons.append(
            "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
            "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            f"'{_SUBDOMAIN}')"
        )
    if reasons:
        raise InvalidName(f"release name {name} is invalid: {';'.join(reasons)}")


def generate(source: random.Random) -> str:
    """Return a new name of two words, ``adjective-animal``."""
    return f"{source.choice(ADJECTIVES)}-{source.choice(ANIMALS)}"[:MAX_LENGTH]


def generate_free(source: random.Random, is_free: Callable[[str], bool], *, tries: int = 5) -> str:
    """Return a generated name that nothing uses; NoFreeName after ``tries`` taken ones."""
    for _ in range(tries):
        name = generate(source)
        if is_free(name):
            return name
    raise NoFreeName("no available release name found")


def _keeps_pattern(name: str) -> bool:
    return name[0] in _ALNUM and name[-1] in _ALNUM and _WORD.issuperset(name)


def _is_label(label: str) -> bool:
    return bool(label) and label[0] in _LOWER and label[-1] in _LOWER and _LABEL.issuperset(label)


_ADJECTIVES = """
    able active agile airy amber ample apt arctic ardent autumn azure balmy bold brave breezy bright brisk bronze
    busy calm candid caring cedar chatty cheery chilly civil clean clear clever cloudy coastal coral cosmic cosy
    crafty crimson crisp curious curly daring dashing dazzling deft dewy dreamy droll dusty eager early earnest
    easy elated elegant epic exact exotic fair famous fancy fearless fiery fleet floral fluffy fond frank fresh
    friendly frosty gallant gentle giddy gifted gilded glad gleaming glossy golden graceful grand grassy handy
    happy hardy hazel hearty helpful honest hopeful humble icy ideal indigo ivory jade jaunty jolly jovial joyful
    keen kind kindly lilac lively local lofty loyal lucid lucky lunar lush magic mellow merry mighty minty misty
    modest mossy neat nimble noble novel olive open orderly patient peachy pearly perky placid plucky polar polite
    proud purple quaint quick quiet radiant rapid rare ready regal robust rosy ruby rustic sage sandy scarlet
    serene shiny silent silken silver sincere sleek smart smooth snappy snowy solar solid sonic spirited sprightly
    stable starry steady stellar sturdy subtle summer sunny supple swift tender thrifty tidy tranquil trusty
    upbeat urban valiant velvet verdant vernal vivid warm wavy whimsical windy winged wintry wise witty woolly
    young zesty zippy
"""

ADJECTIVES: tuple[str, ...] = tuple(_ADJECTIVES.split())

_ANIMALS = """
    aardvark adder albatross alpaca ant anteater antelope armadillo auk avocet axolotl badger bandicoot barnacle
    bat bear beaver bee beetle bison bittern boar bobcat bongo booby buffalo bullfinch bunny bustard butterfly
    buzzard camel canary capybara caracal cardinal caribou carp cassowary cat catfish chamois cheetah chinchilla
    chipmunk cicada civet clam cobra cockatoo cod condor coot coral corgi cormorant cow coyote crab crane cricket
    crow cuckoo curlew deer dingo dolphin donkey dormouse dove dragonfly duck dugong dunlin eagle echidna eel egret
    eland elephant elk emu ermine falcon ferret finch firefly flamingo flounder fox frog gannet gazelle gecko
    gerbil gibbon giraffe gnu goat goldfish goose gopher goshawk grebe grouse guanaco gull guppy haddock hamster
    hare harrier hawk hedgehog heron herring hippo hoopoe hornet horse hyrax ibex ibis iguana impala jackal jackdaw
    jaguar jay jellyfish jerboa kangaroo kestrel kingfisher kite kiwi koala koi kudu ladybug lamprey lapwing lark
    lemming lemur leopard limpet lion lizard llama lobster lory lynx macaw magpie mallard manatee mantis marlin
    marmot marten meerkat merlin mink minnow mole mongoose moose moth mouse mule narwhal newt nightjar numbat
    nuthatch ocelot octopus okapi oriole osprey ostrich otter owl oyster panda panther parrot partridge peacock
    pelican penguin perch petrel pheasant pigeon pika pipit plaice plover polecat pony porcupine possum prawn puffin
    puma quail quokka rabbit raccoon raven ray redpoll reindeer robin rook salmon sandpiper sardine seahorse seal
    serval shark sheep shrew shrimp siskin skink skylark sloth snail snipe sparrow spider squid squirrel starfish
    starling stoat stork sturgeon swallow swan swift tapir tern terrapin thrush tiger titmouse toad tortoise toucan
    trout tuna turkey turtle urchin vicuna viper vole wagtail wallaby walrus warbler weasel whale wolf wombat
    woodpecker wren yak zebra
"""

ANIMALS: tuple[str, ...] = tuple(_ANIMALS.split())
