# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""The numbers of the contract that server code uses by name, each with its place in openapi.json."""

# /components/schemas/Id/maximum
MAX_ID = 9_007_199_254_740_991

# /components/schemas/User/properties/addresses/maxItems
MAX_ADDRESSES = 20

# /components/schemas/Email/maxLength
MAX_EMAIL_LENGTH = 254

# /components/schemas/UserCreate/properties/name/maxLength
MAX_NAME_LENGTH = 100

# /components/schemas/IdentityList/properties/items/maxItems
MAX_IDENTITIES = 5

# /components/schemas/PublicData/properties/categories/maxItems
MAX_CATEGORIES = 100

# /components/schemas/ItemCreate/properties/on_hand/maximum
MAX_ON_HAND = 1_000_000_000

# /components/schemas/BasketOrder/properties/lines/maxItems
MAX_LINES = 50

# /components/schemas/BasketLine/properties/quantity/maximum
MAX_LINE_QUANTITY = 1_000

# /components/schemas/SingleItemOrder/if/properties/quantity/exclusiveMinimum
BULK_THRESHOLD = 100

# /components/schemas/OrderSummaryPage/properties/total/maximum
COUNT_LIMIT = 10_001

# /components/parameters/Cursor/schema/maxLength
MAX_CURSOR_LENGTH = 2_048

# /components/schemas/ValidationFailedProblem/properties/errors/maxItems
MAX_VIOLATIONS = 100

# /components/schemas/Violation/properties/type/maxLength
MAX_VIOLATION_TYPE_LENGTH = 60

# /components/schemas/Violation/properties/loc/maxItems
MAX_LOCATION_STEPS = 40

# /components/schemas/Step/maxLength
MAX_LOCATION_STEP_LENGTH = 200

# /components/schemas/Violation/properties/msg/maxLength
MAX_VIOLATION_MESSAGE_LENGTH = 300

# /components/schemas/Violation/properties/pointer/maxLength
MAX_VIOLATION_POINTER_LENGTH = 2_000

# /components/schemas/Token/properties/access_token/maxLength
MAX_ACCESS_TOKEN_BYTES = 4_096

# /components/schemas/Token/properties/expires_in/maximum
MAX_ACCESS_TOKEN_LIFETIME_S = 86_400

# /components/schemas/PublicData/properties/tax_rate_bps/maximum
MAX_TAX_RATE_BPS = 10_000
