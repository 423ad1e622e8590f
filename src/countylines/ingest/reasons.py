"""Why a row is not used: every reason there is, in the words the user reads."""

CELLS = "wrong number of cells"
NO_KEY = "no key"
NO_DATE = "no valid date"
SOURCE = "unknown source"
ROLE = "unknown role"
RECORD = "unknown record"
NOMINAL = "unknown nominal"
DUPLICATE = "duplicate key"
INVOLVEMENT = "duplicate involvement"
DECISION = "unknown decision"
NOBODY = "names neither nominal nor record"
NO_PERSON = "names no nominal"

REJECTED = (
    CELLS,
    NO_KEY,
    NO_DATE,
    SOURCE,
    ROLE,
    DECISION,
    NOBODY,
    NO_PERSON,
    RECORD,
    NOMINAL,
    DUPLICATE,
    INVOLVEMENT,
)

NO_LINK = "no person link"
REPEATED = "known from an earlier row"
BEFORE = "before since"
FALSE = "suspected false"
RESTRICTED = "restricted"
WITHDRAWN = "withdrawn by a decision"
VICTIM = "victim already"
OF_RECORD = "record set aside: "  # and the record's own reason

SET_ASIDE = (NO_LINK, REPEATED, BEFORE, FALSE, RESTRICTED, WITHDRAWN, VICTIM)
