"""The types of event, in one place. The subject and value of each are said beside it."""

OPENED = "search-opened"            # subject: search id
SEALED = "search-sealed"            # search id; value: "n N; search.json SHA; index.csv SHA"
ACCEPTED = "search-accepted"        # search id; reason: why an incomplete one may count
WITHDRAWN = "search-withdrawn"      # search id; reason
SUPERSEDED = "search-superseded"    # search id; value: the search that takes its place; reason
DEFINITION = "definition-changed"   # sha of the version now in use; value: sha of the one before
ISSUED = "sheet-issued"             # sheet id; value: sha of screening/issued/<sheet>.csv; reason: file name
COLLECTED = "file-collected"        # sha of the file; value: sheet id, or the tool (words.ELSEWHERE); reason: file name
RETRIEVAL = "retrieval"             # report key; value: retrieved, not-retrieved, pending; reason
REMOVED = "removed"                 # report key; value: automation, other; reason
RESTORED = "restored"               # report key: a removal taken back; reason
REOPENED = "reopened"               # report key; value: stage; reason
REVIEWER_JOINED = "reviewer-joined"  # reviewer code
REVIEWER_LEFT = "reviewer-left"     # reviewer code
ACKNOWLEDGED = "warning-acknowledged"  # search id; value: the warning; reason
FROZEN = "baseline-frozen"          # sha of log/baselines/<sha>.csv; value: frozen, imported
REDUCED = "baseline-reduced"        # a study or report label of the baseline; reason
POSSIBLE = "possible-duplicate"     # record id; value: another record id; reason: rule, score, for, against
COMMIT = "commit"                   # transaction number
