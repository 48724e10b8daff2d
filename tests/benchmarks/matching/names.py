"""Names to invent people from: common ones often, rare ones seldom, of the communities Britain has."""

from itertools import accumulate
from random import Random

from agenda.matching_nicknames import FULL_NAMES

GIRLS = """
sarah emma laura rebecca gemma rachel kelly victoria katherine lisa claire
samantha michelle amy jennifer nicola leanne natalie charlotte hannah jessica lauren elizabeth
stacey helen joanne danielle louise amanda lucy stephanie kirsty zoe jade hayley kayleigh holly
chloe bethany megan sophie olivia emily grace amelia ella mia ruby lily freya susan margaret
patricia christine carol janet linda julie karen jacqueline deborah tracey angela sharon donna
alison wendy jane sandra maureen sheila dorothy eileen doreen pauline barbara maria fatima aisha
zainab khadija maryam amina saima nadia shabana nasreen rukhsana yasmin parveen priya anita sunita
harpreet manjit jaspreet agnieszka katarzyna malgorzata magdalena monika ewa joanna anna beata ioana
elena mihaela andreea blessing comfort grace precious folake adaeze ngozi abena akosua siobhan niamh
aoife roisin bronwen rhiannon carys megan eilidh
""".split()
BOYS = """
david james paul christopher mark andrew michael stephen richard daniel matthew robert lee thomas
simon darren craig john steven jonathan gareth jamie adam anthony ryan joshua jack liam luke samuel
benjamin joseph oliver harry charlie george jacob alfie william nathan callum connor kyle jordan
ashley aaron dean wayne carl neil ian gary kevin martin peter alan brian graham keith colin philip
nigel barry trevor derek raymond dennis kenneth ronald edward terence stuart shaun scott shane
mohammed ahmed ali hassan hussain imran usman bilal omar yusuf ibrahim tariq asif kamran rashid
abdul raj amit sanjay gurpreet harjit baljit sukhdev piotr krzysztof tomasz pawel marcin lukasz
andrzej michal dawid ion andrei mihai emmanuel samuel kwame kofi chukwuemeka oluwaseun babatunde
sean patrick declan kieran ciaran rhys owain dylan ewan hamish callum
""".split()
SURNAMES = """
smith jones taylor brown williams wilson johnson davies patel robinson wright thompson evans walker
white roberts green hall wood jackson clarke khan hughes ahmed edwards harris lewis ali martin hill
hussain turner cooper ward moore clark morris king harrison baker morgan shah lee allen james
phillips watson scott begum mitchell parker carter singh bennett cook young richardson shaw bell
bailey collins murphy anderson cox miller marshall akhtar simpson richards ellis adams kelly
wilkinson foster chapman mason webb gray rogers palmer mills knight holmes rahman barker stevens
hunt matthews kaur butler campbell mahmood stewart murray reid hamilton graham mcdonald fraser
o'brien o'connor o'neill ryan doyle gallagher kennedy byrne mccarthy walsh griffiths rees lloyd
pritchard howells nowak kowalski wisniewski wojcik kaminski lewandowski popescu ionescu adeyemi
okafor mensah osei boateng chowdhury choudhury iqbal malik mirza qureshi siddiqui bibi sharma gupta
desai dhillon sandhu gill nguyen chen wang
""".split()
_BEGINNINGS = """
ash black brad brook burn cal carl charl clay cran dal den ding dun east elm fair farn fern gil glen
gran green hal ham hart haw hazel heath hep hol horn hux kel kirk lang lin lock lyn mar mel mid mill
nor oak old pem pres rad rams ridge row sed shel silver stan stock sut thorn thorp tre wal wex whit
win wood
""".split()
_ENDS = """
bourne bridge brook bury by combe cott dale den field ford gate ham hurst land ley lock low man mead
more ridge sea shaw son stead ston thorpe ton tree well wick worth
""".split()
STREETS = """
mill church station victoria park high chapel school green albert north south king queen windsor
york springfield grange alexandra stanley manor beech oak elm ash willow cedar hawthorn meadow
orchard woodland hill valley river canal moor heath priory abbey castle market bridge union
wellington nelson trafalgar clarence cromwell milton byron
""".split()
KINDS = "road street lane avenue close drive crescent grove terrace gardens way court".split()
TOWNS = "northmoor hexley bridgford eastvale kelbrook marsham oldcastle penwick ravenby stonewell".split()
NICKNAMES: dict[str, list[str]] = {}
for _form, _fulls in FULL_NAMES.items():
    for _full in _fulls:
        NICKNAMES.setdefault(_full, []).extend([_form] if _form != _full else [])
_RARE = [beginning + end for beginning in _BEGINNINGS for end in _ENDS]
_EVERY = [*SURNAMES, *_RARE]
_SURNAME_WEIGHTS = list(accumulate([1 / (n + 8) for n in range(len(SURNAMES))] + [0.0011] * len(_RARE)))
_FORENAME_WEIGHTS = {
    "female": list(accumulate(1 / (n + 12) for n in range(len(GIRLS)))),
    "male": list(accumulate(1 / (n + 12) for n in range(len(BOYS)))),
}


def surname(chance: Random) -> str:
    """Smith often, Ashbourne seldom."""
    return chance.choices(_EVERY, cum_weights=_SURNAME_WEIGHTS)[0]


def forename(chance: Random, sex: str) -> str:
    """Of a woman or a man."""
    return chance.choices(GIRLS if sex == "female" else BOYS, cum_weights=_FORENAME_WEIGHTS[sex])[0]
