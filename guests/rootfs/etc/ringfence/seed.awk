# SPDX-License-Identifier: Apache-2.0
# Reads the seed's files, each announced by a line "@ NAME", and writes under /run/ringfence:
#   hostname   one name
#   user-data  lines KEY=VALUE, when user-data begins with #ringfence-nano
#   hosts      an address and a name for each PLC_name=ADDRESS[:PORT] in user-data
#   network    lines MAC DHCP4 ACCEPT_RA ADDRESSES ROUTES RULES; lists are joined by commas, none is -; a route is
#              TO|VIA or TO|VIA|TABLE, a rule FROM|TABLE
# Whatever has not the expected form is left out: values reach commands as arguments later.
function bare(text) {
    sub(/^[ \t]+/, "", text)
    sub(/[ \t]+$/, "", text)
    if (text ~ /^".*"$/ || text ~ /^'.*'$/) text = substr(text, 2, length(text) - 2)
    return text
}
function after_colon(text) { sub(/^[^:]*:/, "", text); return bare(text) }
function truth(text, fallback) { return (text == "true" || text == "false") ? text : fallback }
function is_address(text) { return text ~ /^[0-9a-fA-F:.]+(\/[0-9]+)?$/ }
function some(list) { return list == "" ? "-" : list }
function is_table(text) { return text ~ /^[0-9]+$/ && text > 0 && text < 253 }
function flush_port() {
    if (mac != "") print mac, dhcp4, ra, some(addresses), some(routes), some(rules) >network
    mac = addresses = routes = rules = to = from = list = ""
    added = 0
    dhcp4 = "false"
    ra = "true"
}
function add_route(via) {
    added = (to != "" && is_address(via))
    if (added) routes = routes (routes == "" ? "" : ",") to "|" via
    to = ""
}
function add_host(line) {
    name = substr(line, 5, index(line, "=") - 5)
    address = bare(substr(line, index(line, "=") + 1))
    if (address ~ /^\[/) sub(/\].*/, "", address) && sub(/^\[/, "", address)
    else if (address ~ /^[0-9.]+:[0-9]+$/) sub(/:.*/, "", address)
    if (name != "" && address !~ /\// && is_address(address)) print address, name >"/run/ringfence/hosts"
}
BEGIN {
    network = "/run/ringfence/network"
    flush_port()
}
/^@ / { file = $2; first = 1; next }
file == "meta-data" && /^local-hostname:/ {
    name = after_colon($0)
    if (name ~ /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/ && length(name) < 64) print name >"/run/ringfence/hostname"
}
file == "user-data" && first { ours = ($0 == "#ringfence-nano"); first = 0 }
file == "user-data" && ours && /^[A-Za-z][A-Za-z0-9_]*=/ {
    gsub(/[\001-\037\177]/, "")
    print >"/run/ringfence/user-data"
    if (/^PLC_/) add_host($0)
}
file != "network-config" || /^[ \t]*(#|$)/ { next }
{
    line = $0
    sub(/^[ \t]+/, "", line)
    is_item = sub(/^-[ \t]+/, "", line)
}
# A port's name stands two deep: `ethernets:` and, below it, `port0:`.
/^  [A-Za-z0-9_.-]+:[ \t]*$/ { flush_port(); next }
line ~ /^(match:[ \t]*\{[ \t]*)?macaddress:/ {
    sub(/^match:[ \t]*\{[ \t]*/, "", line)
    sub(/[ \t]*\}[ \t]*$/, "", line)
    mac = tolower(after_colon(line))
    if (mac !~ /^([0-9a-f][0-9a-f]:)+[0-9a-f][0-9a-f]$/ || length(mac) != 17) mac = ""
    next
}
line ~ /^dhcp4:/ { dhcp4 = truth(after_colon(line), dhcp4); list = ""; next }
line ~ /^accept-ra:/ { ra = truth(after_colon(line), ra); list = ""; next }
line ~ /^(addresses|routes|routing-policy):[ \t]*$/ { list = line; sub(/:.*/, "", list); next }
list == "addresses" && is_item {
    address = bare(line)
    if (is_address(address)) addresses = addresses (addresses == "" ? "" : ",") address
    next
}
list == "routes" && is_item { added = 0 }
list == "routes" && line ~ /^table:/ {
    table = after_colon(line)
    if (added && is_table(table)) routes = routes "|" table
    next
}
list == "routes" && line ~ /^on-link:/ { next }
list == "routing-policy" && line ~ /^from:/ { from = after_colon(line); if (!is_address(from)) from = ""; next }
list == "routing-policy" && line ~ /^table:/ {
    table = after_colon(line)
    if (from != "" && is_table(table)) rules = rules (rules == "" ? "" : ",") from "|" table
    from = ""
    next
}
list == "routes" && line ~ /^to:/ { to = after_colon(line); if (!is_address(to) && to != "default") to = ""; next }
list == "routes" && line ~ /^via:/ { add_route(after_colon(line)); next }
line ~ /^[A-Za-z0-9_-]+:/ { list = "" }
END { flush_port() }
