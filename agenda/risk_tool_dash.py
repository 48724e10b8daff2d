"""The DASH as data: twenty-four questions in our own short words (field.md C).

The young person's version asks the same of somebody of about thirteen to seventeen.
"""

from agenda.risk_tools import YES_NO_DONT_KNOW, Question, Tool

_LABELS = {
    "injury": "Has the current incident caused an injury?",
    "frightened": "Is the victim very frightened?",
    "fear_of_more": "Does the victim fear more harm, and what or whom exactly?",
    "isolated": "Is the victim kept from family or friends?",
    "low": "Is the victim low, or thinking of suicide?",
    "separated": "Have they separated, or tried to, in the past year?",
    "child_contact": "Is there conflict over contact with children?",
    "stalking": "Does the perpetrator constantly text, call, follow or harass the victim?",
    "pregnant": "Is the victim pregnant, or was a baby born in the past 18 months?",
    "more_often": "Is the abuse happening more often?",
    "worse": "Is the abuse getting worse?",
    "control": "Does the perpetrator control what the victim does, or show great jealousy?",
    "weapon": "Has the perpetrator ever used a weapon or an object to hurt the victim?",
    "threats_to_kill": "Has the perpetrator ever threatened to kill the victim or somebody else?",
    "strangulation": "Has the perpetrator ever strangled, choked, suffocated or drowned the victim?",
    "sexual": "Does the perpetrator say or do sexual things that hurt or frighten?",
    "others_feared": "Has anybody else threatened the victim, or does the victim fear somebody else?",
    "hurt_others": "Has the perpetrator hurt anybody else, a child or an earlier partner among them?",
    "animals": "Has the perpetrator ever mistreated an animal?",
    "money": "Are there money worries, or does the victim depend on the perpetrator's money?",
    "substances": "Has the perpetrator trouble with drugs, alcohol or mental health?",
    "suicide_threat": "Has the perpetrator ever threatened or tried suicide?",
    "broken_order": "Has the perpetrator ever broken bail, an order or an agreement about contact?",
    "police_history": "Has the perpetrator been in trouble with the police before?",
}
_QUESTIONS = tuple(Question(name, label) for name, label in _LABELS.items())

DASH = Tool("dash", "DASH", "2009", _QUESTIONS, YES_NO_DONT_KNOW)
YOUNG_PERSON = Tool(
    "dash_young", "DASH, young person's version", "1", _QUESTIONS, YES_NO_DONT_KNOW, ages=(13, 17)
)
