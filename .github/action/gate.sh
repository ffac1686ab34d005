#!/usr/bin/env bash
# Shows annotations, if code scanning does not show the findings, and ends as the scan ended.
#
# Reads ANNOTATIONS_FILE, EXIT_CODE, INPUT_ANNOTATIONS, INPUT_FAIL_ON, NEW_FINDINGS, UPLOAD.
set -euo pipefail

if [[ $UPLOAD == failure ]]; then
    echo "::notice title=cfnward::code scanning refused the upload (it needs security-events: write, and in private" \
        "repositories GitHub Code Security): findings are shown as annotations"
fi
if [[ $INPUT_ANNOTATIONS == true || ($INPUT_ANNOTATIONS == auto && $UPLOAD != success) ]]; then
    [[ ! -f $ANNOTATIONS_FILE ]] || cat "$ANNOTATIONS_FILE"
fi
case $EXIT_CODE in
0) echo "Nothing at or above $INPUT_FAIL_ON." ;;
1) echo "There are findings at or above $INPUT_FAIL_ON; $NEW_FINDINGS in all." ;;
2) echo "::error title=cfnward::the scan could not be done; its log says why" ;;
3) echo "::error title=cfnward::a template could not be judged; the log of the scan says which" ;;
esac
exit "$EXIT_CODE"
