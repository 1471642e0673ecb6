# Fills in manual pages from what the program tells of itself:
#
#   lucid --experimental-dump-help | awk -v version=V -v date=D -f manual.awk - lucid.1.in                          lucid(1)
#   lucid --experimental-dump-help | awk -v version=V -v date=D -v page=channel -f manual.awk - lucid-command.1.in   lucid-channel(1)
#   lucid --experimental-dump-help | awk -v lists=1 -f manual.awk                                 the names of all commands, a line each
#
# The first file is what swift-argument-parser tells of a program: JSON, one value a line, keys in alphabetical order.
# The second is the page in mdoc, the language of manual pages (man 7 mdoc).
# The options of a titled group that several commands take are described once, under the group's title.

# --- The first file. `place` is the stack of objects and lists around a line; what is in a list is named after it.

FNR == NR {
    sub(/^ +/, "")
    key = ""
    if (match($0, /^"[A-Za-z]+" : /)) {
        key = substr($0, 2, RLENGTH - 5)
        $0 = substr($0, RLENGTH + 1)
    }
    here = place[depth]
    if (/^[[{]$/) {
        place[++depth] = key != "" ? key : here " item"
        if (isCommand(place[depth])) { parent[++commands] = command; command = commands }
        if (place[depth] == "arguments item") split("", argument)
    } else if (/^[]}],?$/) {
        if (isCommand(here)) command = parent[command]
        if (here == "arguments item") keepOption()
        if (here == "names item") keepName()
        depth--
    } else if (isCommand(here)) about[command, key] = value($0)
    else if (here == "arguments item") argument[key] = value($0)
    else if (here == "names item") name[key] = value($0)
    else if (here == "allValues") argument["values"] = joined(argument["values"], ", ", value($0))
    next
}

function isCommand(place) { return place == "command" || place == "subcommands item" }

# A value without the quotes and escapes of JSON.
function value(json) {
    sub(/,$/, "", json)
    if (json !~ /^"/) return json
    json = substr(json, 2, length(json) - 2)
    gsub(/\\\\/, "\001", json)
    gsub(/\\n/, "\n", json)
    gsub(/\\/, "", json)
    gsub(/\001/, "\\", json)
    return json
}

function keepName() {
    if (name["kind"] == "short") argument["short"] = "Fl " escaped(name["name"])
    else argument["long"] = joined(argument["long"], " , ", "Fl " escaped("-" name["name"]))
}

function keepOption(    i, form, values, note) {
    if (argument["shouldDisplay"] != "true" || argument["valueName"] ~ /^(help|version)$/) return
    form = argument["long"]
    if (argument["short"] != "") form = argument["short"] (form == "" ? "" : " , " form)
    if (argument["kind"] != "flag") form = joined(form, " ", "Ar " escaped(argument["valueName"]))
    if (argument["isRepeating"] == "true") form = form " ..."

    values = argument["values"]
    if (values != "" && !index(argument["abstract"], substr(values, 1, index(values ",", ",") - 1))) note = "values: " values
    if (argument["defaultValue"] != "") note = joined(note, "; ", "default: " argument["defaultValue"])

    i = ++options[command]
    title[command, i] = argument["sectionTitle"]
    writtenAs[command, i] = form
    called[command, i] = argument["long"]
    isOptional[command, i] = argument["isOptional"] == "true"
    isPositional[command, i] = argument["kind"] == "positional"
    entry[command, i] = ".It " form "\n" flowing(argument["abstract"] (note == "" ? "" : " (" note ")"))
    if (argument["discussion"] != "") entry[command, i] = entry[command, i] paragraphs(argument["discussion"])
}

END { if (lists) for (c = 2; c <= commands; c++) if (isOwnPage(c)) print about[c, "commandName"] }

# Commands have pages, and those within one stand on its page.
function isOwnPage(c) { return parent[c] == 1 && about[c, "commandName"] != "help" }

# --- The second file.

FNR == 1 {
    shareOptions()
    for (c = 2; c <= commands; c++) if (isOwnPage(c) && about[c, "commandName"] == page) own = c
}
/^@SYNOPSIS@$/ { printSynopses(own); next }
/^@DESCRIPTION@$/ { printf "%s%s", flowing(about[own, "abstract"]), paragraphs(prose(about[own, "discussion"])); next }
/^@EXAMPLES@$/ { printf "%s", section("EXAMPLES", paragraphs(examples(about[own, "discussion"]))); next }
/^@OWN OPTIONS@$/ { printOwnOptions(own); next }
/^@PAGES@$/ { printPages(); next }
/^@DISCUSSION@$/ { printf "%s", substr(paragraphs(about[1, "discussion"]), 5); next }
/^@COMMANDS@$/ { for (c = 2; c <= commands; c++) if (about[c, "commandName"] != "help") printCommand(c); next }
/^@OPTIONS@$/ {
    for (t = 1; t <= titles; t++) printf ".Ss %s options\n.Bl -tag -width Ds\n%s.El\n", titleNames[t], sharedEntries[titleNames[t]]
    next
}
{
    sub(/@DATE@/, date); sub(/@VERSION@/, version); sub(/@PAGE@/, page); sub(/@UPPER@/, toupper(page))
    sub(/@ABSTRACT@/, escaped(lowered(about[own, "abstract"])))
    print
}

# Finds the description that most commands give each option of a group, if more than one does.
function shareOptions(    c, i, id) {
    for (c = 1; c <= commands; c++)
        for (i = 1; i <= options[c]; i++) {
            if (title[c, i] == "") continue
            id = title[c, i] SUBSEP writtenAs[c, i]
            if (++uses[entry[c, i]] > 1 && (!(id in shared) || uses[entry[c, i]] > uses[shared[id]])) shared[id] = entry[c, i]
        }
    for (c = 1; c <= commands; c++)
        for (i = 1; i <= options[c]; i++) {
            id = title[c, i] SUBSEP writtenAs[c, i]
            if (!(id in shared) || id in seen) continue
            seen[id]
            if (!(title[c, i] in sizes)) titleNames[++titles] = title[c, i]
            sizes[title[c, i]]++
            sharedEntries[title[c, i]] = sharedEntries[title[c, i]] shared[id]
        }
}

function pathOf(c,    i, path) {
    for (i = c; i != 1; i = parent[i]) path = about[i, "commandName"] (path == "" ? "" : " " path)
    return path
}

function printSynopsis(c,    i) {
    printf ".Nm lucid Cm %s", pathOf(c)
    for (i = 1; i <= options[c]; i++)
        if (isPositional[c, i] || !isOptional[c, i]) printf " %s", isOptional[c, i] ? "Oo " writtenAs[c, i] " Oc" : writtenAs[c, i]
}

function printCommand(c,    i, own, id, taken, references, n, group) {
    print ".Ss " pathOf(c)
    printSynopsis(c)
    printf "\n.Pp\n%s%s", flowing(about[c, "abstract"]), paragraphs(about[c, "discussion"])

    for (i = 1; i <= options[c]; i++) {
        id = title[c, i] SUBSEP writtenAs[c, i]
        if (id in shared) taken[title[c, i]]++
        if (!(id in shared) || shared[id] != entry[c, i]) own = own entry[c, i]
    }
    for (i = 1; i <= options[c]; i++) {
        id = title[c, i] SUBSEP writtenAs[c, i]
        if (!(id in shared)) continue
        group = "Sx " title[c, i] " options"
        if (taken[title[c, i]] < sizes[title[c, i]]) references[++n] = called[c, i]
        else if (references[n] != group) references[++n] = group
    }
    if (own != "") printf ".Bl -tag -width Ds\n%s.El\n", own
    if (n) print ".Pp\n" (own == "" ? "Takes" : "Also takes")
    for (i = 1; i <= n; i++) {
        if (i == n && n != 1) print "and"
        print "." references[i] (i == n ? " ." : i == n - 1 ? "" : " ,")
    }
}

# --- A command's own page

# Its synopsis, and those of the commands within it.
function printSynopses(c,    i, n) {
    for (i = c; i <= commands; i++) {
        if (i != c && parent[i] != c) continue
        if (i == c && hasChildren(c)) continue
        printSynopsis(i)
        print (hasFurther(i) ? " Op Ar options" : "")
    }
}

# Whether a command has options that it can do without.
function hasFurther(c,    i) {
    for (i = 1; i <= options[c]; i++) if (!isPositional[c, i] && isOptional[c, i]) return 1
    return 0
}

function hasChildren(c,    i) {
    for (i = c + 1; i <= commands; i++) if (parent[i] == c) return 1
    return 0
}

# Every option under the title of its group; the commands within this one each under its name.
function printOwnOptions(c,    i) {
    if (!hasChildren(c)) { printf "%s", section("OPTIONS", entries(c)); return }
    print ".Sh COMMANDS"
    for (i = c + 1; i <= commands; i++)
        if (parent[i] == c)
            printf ".Ss %s\n%s%s%s", pathOf(i), flowing(about[i, "abstract"]), paragraphs(about[i, "discussion"]), entries(i)
}

function entries(c,    i, open, text) {
    for (i = 1; i <= options[c]; i++) {
        if (i == 1 || title[c, i] != title[c, i - 1]) {
            if (open) text = text ".El\n"
            if (title[c, i] != "" && parent[c] == 1) text = text ".Ss " title[c, i] "\n"
            else if (i > 1 && parent[c] == 1) text = text ".Pp\n"
            text = text ".Bl -tag -width Ds\n"
            open = 1
        }
        text = text entry[c, i]
    }
    return open ? text ".El\n" : text
}

# A section, unless it has nothing in it.
function section(name, text) { return text == "" ? "" : ".Sh " name "\n" text }

# The paragraphs of a discussion that are examples, and the others.
function examples(discussion) { return chosen(discussion, 1) }
function prose(discussion) { return chosen(discussion, 0) }
function chosen(discussion, wanted,    n, paragraph, i, result) {
    n = split(discussion, paragraph, /\n\n+/)
    for (i = 1; i <= n; i++)
        if ((paragraph[i] ~ /^Example/) == wanted) result = joined(result, "\n\n", paragraph[i])
    return result
}

# The pages of other commands: on one's own page those that its help names.
function printPages(    c, i, text, list, n) {
    if (own) {
        text = about[own, "abstract"] about[own, "discussion"]
        for (c = own; c <= commands; c++)
            if (c == own || parent[c] == own) {
                text = text about[c, "discussion"]
                for (i = 1; i <= options[c]; i++) text = text entry[c, i]
            }
        gsub(/\\-/, "-", text)
        gsub(/[\n ]+/, " ", text)
        list[++n] = ".Xr lucid 1"
    }
    for (c = 2; c <= commands; c++)
        if (isOwnPage(c) && c != own && (!own || text ~ ("`lucid " about[c, "commandName"] "[ `]")))
            list[++n] = ".Xr lucid-" about[c, "commandName"] " 1"
    for (i = 1; i <= n; i++) print list[i] (i < n ? " ," : "")
}

function lowered(sentence) {
    sub(/\.$/, "", sentence)
    return tolower(substr(sentence, 1, 1)) substr(sentence, 2)
}

# --- mdoc

function joined(list, separator, item) { return list == "" ? item : list separator item }

# A line without what mdoc would take for its own.
function escaped(line) {
    gsub(/\\/, "\\e", line)
    gsub(/-/, "\\-", line)
    return line ~ /^[.']/ ? "\\&" line : line
}

# Flowing text: a sentence begins on a line of its own, and lines are short.
function flowing(words,    n, word, i, line, result) {
    n = split(words, word, /[ \n]+/)
    for (i = 1; i <= n; i++) {
        if (line ~ /[.?!]\)?$/ && word[i] ~ /^[(A-Z]/ || length(line " " word[i]) > 76) {
            result = result escaped(line) "\n"
            line = ""
        }
        line = joined(line, " ", word[i])
    }
    return result escaped(line) "\n"
}

# Paragraphs, each begun by a macro; examples keep their lines.
function paragraphs(discussion,    n, paragraph, m, line, i, j, result) {
    n = split(discussion, paragraph, /\n\n+/)
    for (i = 1; i <= n; i++)
        if (paragraph[i] ~ /^(Example| )/) {
            result = result ".Bd -literal -offset indent\n"
            m = split(paragraph[i], line, /\n/)
            for (j = 1; j <= m; j++) {
                sub(/^(Examples?:)? */, "", line[j])
                result = result escaped(line[j]) "\n"
            }
            result = result ".Ed\n"
        } else result = result ".Pp\n" flowing(paragraph[i])
    return result
}
