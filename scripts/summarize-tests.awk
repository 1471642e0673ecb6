# Sums up what `swift test` prints, for scripts/test: suites that passed stand in a few lines, failures with their reasons after
# them, and the closing line last. What it does not know, such as a compiler's error or a crash, it prints as it comes.
# The variable log_file names a file that gets every line.

function flush_passed() {
    if (passed != "") print "✔ " passed
    passed = ""
}

# "✔ BatchTests 12.3 s · FilmTests 3.1 s", a line of 120 columns at a time.
function add_passed(name, seconds,    item) {
    item = sprintf("%s %.1f s", name, seconds)
    if (passed != "" && length(passed) + length(item) > 115) {
        flush_passed()
        fflush()
    }
    passed = passed (passed == "" ? "" : " · ") item
}

# The name of a test in the lines that tell of its beginning and end, and of its failures.
function test_name(line) {
    sub(/^[^ ]+ +Test (case passing [0-9]+ arguments? .* to )?/, "", line)
    sub(/ (started\.|passed after .*|failed after .*|recorded an issue.*|with [0-9]+ test cases? .*)$/, "", line)
    return line
}

BEGIN { printf "" > log_file }

{
    print > log_file
    fflush(log_file)
    is_detail = is_issue && $0 !~ /^(◇|✔|✘|➜|\[[0-9]+\/[0-9]+\])/
    is_issue = is_detail
}
is_detail { failures = failures $0 "\n"; next }

# An argument of several lines, in the line that tells of its test case: as long as no line ends as such lines do.
in_case { in_case = !/ (started|passed after [0-9.]+ seconds|failed after [0-9.]+ seconds.*)\.$/; next }
/^(◇|✔) Test case passing / && !/ (started|passed after [0-9.]+ seconds)\.$/ { in_case = 1; next }

# The build
/^\[[0-9]+\/[0-9]+\] / { next }

# XCTest, which has no tests here
/^Test Suite '.*' (started|passed) at / { next }
/^\t Executed [0-9]+ tests?, with / { sub(/^\t +/, ""); xctest = "XCTest: " $0; next }

# Swift Testing
/^◇ Test run started\./ { has_begun = 1; print; fflush(); next }
/^◇ Test case passing / { next }
/^◇ Test / { running[test_name($0)] = 1; next }
/^◇ / { next }
/^↳ / { next }
/^✔ Test run with / { closing = $0; next }
/^✔ Suite / {
    name = $0
    sub(/^✔ Suite /, "", name)
    sub(/ passed after .*/, "", name)
    seconds = $0
    sub(/.* passed after /, "", seconds)
    add_passed(name, seconds + 0)
    next
}
/^✔ Test case passing / { next }
/^✔ Test / { delete running[test_name($0)]; next }
/^✘ Test run with / { closing = $0; next }
/^✘ Test case passing / { failures = failures $0 "\n"; next }
/^✘ .* recorded an? .*issue/ { failures = failures $0 "\n"; is_issue = 1; next }
/^✘ / {
    if ($0 ~ /^✘ Test /) delete running[test_name($0)]
    failures = failures $0 "\n"
    next
}

{ flush_passed(); print; fflush() }

END {
    flush_passed()
    if (failures != "") printf "\nFailures:\n%s\n", failures
    if (xctest != "") print xctest
    if (closing != "") print closing
    else for (name in running) print "✘ Test " name " had begun, and did not end"
    if (failures != "" || has_begun && closing !~ /^✔/) print "Every line is in " log_file
}
