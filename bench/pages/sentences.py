"""English sentences from a small grammar: text that looks like language, so that a recogniser's dictionary is treated
fairly. Everything follows from the random source."""
import random

NOUNS = ("agreement answer archive author bridge building captain century chapter child church circle citizen city clerk "
         "coast committee company contract council country court customer daughter decision department desert director "
         "district doctor document effort election engine evidence example family farmer figure forest friend garden "
         "government harbour history hospital house hundred industry island journey judge kingdom labour language law "
         "lawyer letter library machine manager market measure member merchant message method minister moment morning "
         "mountain museum neighbour newspaper number officer opinion parliament passenger payment people picture "
         "platform policy port president price prisoner problem professor province question railway reason record "
         "region report river school scientist season secretary service settlement shadow society soldier station "
         "student summer surface surgeon system teacher theatre traveller treaty valley vessel village voice warehouse "
         "water weather window winter witness worker workshop").split()
VERBS = ("accepted admired allowed announced approved arranged avoided began bought brought carried changed claimed "
         "collected considered covered crossed decided defended delivered described designed discovered discussed "
         "encouraged examined expected explained followed found gathered ignored improved inspected joined kept lost "
         "managed measured mentioned missed noticed observed offered opened ordered preferred prepared presented "
         "produced promised protected published questioned reached received recorded refused rejected remembered "
         "repaired replaced reported required returned saved searched settled signed studied supported visited watched "
         "welcomed wrote").split()
ADJECTIVES = ("ancient annual bitter brief broad bright careful central certain civil clear cold common complete crowded "
              "curious dark deep different difficult distant early eastern empty entire famous foreign former free "
              "friendly general gentle golden grave great green heavy honest important independent large late local "
              "long modern narrow national natural northern official old ordinary particular peaceful poor popular "
              "private public quick quiet rare recent royal rural secret serious sharp short silent simple small smooth "
              "southern special steady strange strong sudden useful usual western white wide young").split()
ADVERBS = "again already always carefully clearly finally gladly often quickly quietly rarely seldom slowly soon".split()
PREPOSITIONS = "about above across after against along among around before behind below beside between beyond during " \
               "from near of on over through towards under until with within without".split()
CONJUNCTIONS = "although and because before but since though until when where while".split()
NAMES = ("Abbott Baker Clarke Dawson Ellis Foster Graham Harris Irving Jenkins Kendall Lawson Marsh Norton Osborne Parker "
         "Quinn Russell Sutton Turner Underwood Vaughan Walker Yates").split()
PLACES = ("Aberdeen Bristol Cardiff Dover Exeter Falmouth Glasgow Hull Inverness Kendal Leeds Malta Norwich Oxford Perth "
          "Quebec Rye Stirling Truro Utrecht Vienna Whitby York Zurich").split()
MONTHS = "January February March April May June July August September October November December".split()


class Writer:
    def __init__(self, rng: random.Random):
        self.rng = rng

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.rng.randint(3, 8)))

    def sentence(self) -> str:
        text = self.clause()
        chance = self.rng.random()
        if chance < 0.35:
            text += f" {self.rng.choice(CONJUNCTIONS)} {self.clause()}"
        elif chance < 0.5:
            text += f"; {self.clause()}"
        elif chance < 0.6:
            text += f", {self.rng.choice(CONJUNCTIONS)} {self.clause()}"
        elif chance < 0.68:
            text = f'"{text[0].upper()}{text[1:]}," said {self.person()}'
        return text[0].upper() + text[1:] + self.rng.choice("....?")

    def clause(self) -> str:
        words = [self.subject(), self.rng.choice(VERBS), self.phrase()]
        if self.rng.random() < 0.3:
            words.insert(1, self.rng.choice(ADVERBS))
        if self.rng.random() < 0.5:
            words += [self.rng.choice(PREPOSITIONS), self.phrase()]
        if self.rng.random() < 0.25:
            words.append(self.circumstance())
        return " ".join(words)

    def subject(self) -> str:
        return self.person() if self.rng.random() < 0.25 else self.phrase()

    def person(self) -> str:
        return f"{self.rng.choice(('Mr.', 'Mrs.', 'Dr.', 'Captain', 'Professor'))} {self.rng.choice(NAMES)}"

    def phrase(self) -> str:
        noun = self.rng.choice(NOUNS)
        adjective = f"{self.rng.choice(ADJECTIVES)} " if self.rng.random() < 0.5 else ""
        article = self.rng.choice(("the", "the", "his", "their", "every", "this"))
        return f"{article} {adjective}{noun}"

    def circumstance(self) -> str:
        return self.rng.choice((
            f"in {self.rng.choice(PLACES)}",
            f"on {self.rng.randint(1, 28)} {self.rng.choice(MONTHS)} {self.rng.randint(1802, 1998)}",
            f"for {self.rng.randint(2, 950)} pounds",
            f"({self.rng.choice(PLACES)}, no. {self.rng.randint(1, 99)})",
        ))
