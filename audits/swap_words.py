"""The words of `audits/swaps.py`: English, written for it."""

import functools

_PAIRS = """
he she; himself herself; man woman; men women; boy girl; boys girls; boyfriend girlfriend
boyfriends girlfriends; father mother; fathers mothers; dad mom; dads moms; daddy mommy
son daughter; sons daughters; brother sister; brothers sisters; husband wife; husbands wives
uncle aunt; uncles aunts; nephew niece; nephews nieces; grandfather grandmother
grandfathers grandmothers; grandpa grandma; grandson granddaughter; grandsons granddaughters
stepfather stepmother; stepson stepdaughter; stepbrother stepsister; gentleman lady
gentlemen ladies; king queen; kings queens; prince princess; princes princesses; duke duchess
actor actress; actors actresses; waiter waitress; waiters waitresses; hero heroine; heroes heroines
landlord landlady; widower widow; widowers widows; groom bride; grooms brides; male female
males females; mr mrs; sir madam; businessman businesswoman; businessmen businesswomen
policeman policewoman; policemen policewomen; chairman chairwoman; chairmen chairwomen
spokesman spokeswoman; spokesmen spokeswomen; congressman congresswoman; congressmen congresswomen
salesman saleswoman; salesmen saleswomen; schoolboy schoolgirl; schoolboys schoolgirls; monk nun
monks nuns; masculine feminine; manhood womanhood; fatherhood motherhood; lad lass; lads lasses
bachelor spinster; bachelors spinsters
"""
_TWO = [pair.split() for pair in _PAIRS.replace("\n", ";").split(";") if pair]
GENDER = {one: other for a, b in _TWO for one, other in ((a, b), (b, a))} | {"ms": "mr"}

# Words that follow `her` or `his` only where it is no possessive.
_FUNCTION_WORDS = """
a about across after again all although am an and any are around as at away back be because been
before being but by can could did do does down during each either even ever every for from had has
have he her here him his how i if in into is it just like may me might more most must my near
neither never no nor not now of off on once one only or our out over quite rather said says shall
she should since so some soon still than that the their them then there these they this those though
through till to today together tomorrow tonight too toward towards under unless until up upon us
very was we well were what when where whether which while who whom whose why will with within
without would yesterday yet you your
"""
NO_NOUN = frozenset(_FUNCTION_WORDS.split())

# Country, a person of it or its adjective, several persons; then other ways to write the country.
ALIASES = 3
COUNTRIES: tuple[tuple[str, ...], ...] = tuple(
    tuple(form.strip() for form in row.split(","))
    for row in """
America, American, Americans, the United States, the USA, the US
Britain, British, Britons, the United Kingdom, the UK
Germany, German, Germans
France, French, French
Italy, Italian, Italians
Spain, Spanish, Spaniards
Poland, Polish, Poles
Greece, Greek, Greeks
Russia, Russian, Russians
Ukraine, Ukrainian, Ukrainians
Sweden, Swedish, Swedes
Norway, Norwegian, Norwegians
Portugal, Portuguese, Portuguese
Romania, Romanian, Romanians
Hungary, Hungarian, Hungarians
Canada, Canadian, Canadians
Mexico, Mexican, Mexicans
Brazil, Brazilian, Brazilians
Argentina, Argentinian, Argentinians
Colombia, Colombian, Colombians
Peru, Peruvian, Peruvians
Venezuela, Venezuelan, Venezuelans
Cuba, Cuban, Cubans
Haiti, Haitian, Haitians
Nigeria, Nigerian, Nigerians
Ghana, Ghanaian, Ghanaians
Kenya, Kenyan, Kenyans
Ethiopia, Ethiopian, Ethiopians
Somalia, Somali, Somalis
Uganda, Ugandan, Ugandans
South Africa, South African, South Africans
Egypt, Egyptian, Egyptians
Morocco, Moroccan, Moroccans
Algeria, Algerian, Algerians
Israel, Israeli, Israelis
Iran, Iranian, Iranians
Iraq, Iraqi, Iraqis
Syria, Syrian, Syrians
Turkey, Turkish, Turks
Saudi Arabia, Saudi, Saudis
Afghanistan, Afghan, Afghans
Pakistan, Pakistani, Pakistanis
India, Indian, Indians
Bangladesh, Bangladeshi, Bangladeshis
China, Chinese, Chinese
Japan, Japanese, Japanese
South Korea, South Korean, South Koreans
Vietnam, Vietnamese, Vietnamese
Thailand, Thai, Thais
Indonesia, Indonesian, Indonesians
Malaysia, Malaysian, Malaysians
Australia, Australian, Australians
""".strip().splitlines()
)

# Religion, believer, believers, adjective, house of worship, several of them.
BELIEVER, ADJECTIVE = 1, 3
RELIGIONS: tuple[tuple[str, ...], ...] = (
    ("Islam", "Muslim", "Muslims", "Islamic", "mosque", "mosques"),
    ("Christianity", "Christian", "Christians", "Christian", "church", "churches"),
    ("Judaism", "Jew", "Jews", "Jewish", "synagogue", "synagogues"),
    ("Hinduism", "Hindu", "Hindus", "Hindu", "mandir", "mandirs"),
    ("Buddhism", "Buddhist", "Buddhists", "Buddhist", "vihara", "viharas"),
    ("Sikhism", "Sikh", "Sikhs", "Sikh", "gurdwara", "gurdwaras"),
)

_NEGATED = "is are was were do does did have has had would could should must need"
CONTRACTIONS = {
    **{
        f"{who}'s": f"{who} is"
        for who in ("it", "he", "she", "that", "there", "what", "who", "here", "where")
    },
    **{f"{who}'re": f"{who} are" for who in ("you", "we", "they")},
    **{f"{who}'ve": f"{who} have" for who in ("I", "you", "we", "they")},
    **{f"{who}'ll": f"{who} will" for who in ("I", "you", "he", "she", "it", "we", "they")},
    "I'm": "I am",
    **{f"{verb}n't": f"{verb} not" for verb in _NEGATED.split()},
    "won't": "will not",
    "can't": "cannot",
    "let's": "let us",
}

_OUR = "arm behavi col endeav fav flav harb hon hum lab neighb parl rum sav vap vig"
_ISE = """
apolog author categor character civil critic emphas organ recogn real special symbol minim maxim
memor mobil modern normal optim priorit standard summar util visual capital central general
"""
_OTHERS = """
centre center; centres centers; theatre theater; theatres theaters; metre meter; metres meters
litre liter; litres liters; fibre fiber; fibres fibers; defence defense; offence offense
licence license; grey gray; travelled traveled; travelling traveling; traveller traveler
travellers travelers; cancelled canceled; cancelling canceling; labelled labeled; labelling labeling
modelled modeled; modelling modeling; fuelled fueled; jewellery jewelry; marvellous marvelous
counsellor counselor; catalogue catalog; catalogues catalogs; dialogue dialog; analogue analog
programme program; programmes programs; cheque check; tyre tire; tyres tires; aluminium aluminum
aeroplane airplane; aeroplanes airplanes; plough plow; sceptical skeptical; mould mold
moustache mustache; pyjamas pajamas; kerb curb; anaemia anemia; oestrogen estrogen
paediatric pediatric; manoeuvre maneuver; manoeuvres maneuvers; enrol enroll; fulfil fulfill
skilful skillful; wilful willful; analyse analyze; analysed analyzed; analysing analyzing
paralysed paralyzed; storey story; whilst while; amongst among; learnt learned; spelt spelled
dreamt dreamed; favourite favorite; favourites favorites; honourable honorable
behavioural behavioral; colourful colorful; neighbourhood neighborhood; neighbourhoods neighborhoods
organisation organization; organisations organizations; civilisation civilization
"""
_ONE_WAY = {
    "check",
    "tire",
    "tires",
    "story",
    "while",
    "among",
    "learned",
    "program",
    "programs",
}  # usual in both


@functools.cache
def spellings() -> dict[str, str]:
    """British to American, and back where the American word is not usual in Britain too."""
    pairs = [(a, b) for a, b in (pair.split() for pair in _OTHERS.replace("\n", ";").split(";") if pair)]
    pairs += [
        (f"{stem}our{end}", f"{stem}or{end}") for stem in _OUR.split() for end in ("", "s", "ed", "ing")
    ]
    pairs += [
        (f"{stem}is{end}", f"{stem}iz{end}") for stem in _ISE.split() for end in ("e", "es", "ed", "ing")
    ]
    there = dict(pairs)
    back = {american: british for british, american in pairs if american not in _ONE_WAY}
    return there | back
