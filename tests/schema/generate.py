#!/usr/bin/env python3
"""Writes src/resolve/schema/properties.bin: which properties CloudFormation resources have, and of which type.

    pip download cfn-lint==1.58.0 --no-deps
    python3 tests/schema/generate.py cfn_lint-1.58.0-py3-none-any.whl           # writes the table
    python3 tests/schema/generate.py cfn_lint-1.58.0-py3-none-any.whl --check   # fails if the table is not this one

The resource schemas are those of us-east-1, then those of types that only other regions have, then the SAM types. Only
names and types are kept: no descriptions, patterns, limits or enumerations. The same package gives the same bytes.

Form of the file (numbers are little-endian; a string, node or type is named by its place in its section):

    "CFNPROPS"                     8 bytes
    header                         7 u32: strings, types, nodes, fields, then the bytes of: string text, source, file
    source                         text: package, version, date of the schemas; zeros up to a multiple of 4
    nodes                          per node 8 bytes: u32 first field | kind << 24 | closed << 31, u16 item, u16 rest;
                                   one more at the end, so that the fields of a node end where those of the next begin
    fields                         per field 4 bytes: u16 string, u16 node; sorted by string within a node
    types                          per type 4 bytes: u16 string, u16 node; sorted by string
    strings                        per string u32: where its text starts | its length << 24; sorted by bytes of the text,
                                   so that the order of numbers is that of the text
    string text                    UTF-8; a string which occurs inside another has no text of its own

Node 0 is "nothing is known". `item` is the node of a list's items, `rest` that of the keys which have no field (maps);
0 if there is none. `closed`: no other keys than the fields are allowed.
"""

import json
import struct
import sys
import zipfile
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "src" / "resolve" / "schema" / "properties.bin"
HOME_REGION = "us-east-1"
SCHEMAS = "cfnlint/data/schemas/"

KINDS = ["unknown", "object", "list", "bool", "integer", "number", "text", "json", "any"]
JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def read_package(path):
    """The text that names the source, and {resource type: (schema, whether it is a SAM type)}."""
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
        fields = dict(line.split(": ", 1) for line in metadata.split("\n\n")[0].splitlines() if ": " in line)
        date = json.loads(wheel.read(SCHEMAS + "version.json"))["schema_date"]

        regions = sorted(n for n in names if n.startswith(SCHEMAS + "providers/") and n.endswith(".json"))
        sam = SCHEMAS + "providers/sam.json"
        home = SCHEMAS + f"providers/{HOME_REGION}.json"
        order = [home] + [n for n in regions if n not in (home, sam)] + [sam]
        chosen = {}
        for region in order:
            for resource_type, file in json.loads(wheel.read(region)).items():
                chosen.setdefault(resource_type, (file, region == sam))
        schemas = {
            resource_type: (json.loads(wheel.read(f"{SCHEMAS}resources/{file}.json")), is_sam)
            for resource_type, (file, is_sam) in sorted(chosen.items())
        }
    return f"{fields['Name']} {fields['Version']}, schemas of {date}", schemas


class Facts:
    """What a schema says about a place, after following references and alternatives, one level deep."""

    def __init__(self):
        self.types = set()  # JSON Schema's words; empty: not said
        self.fields = {}  # name -> list of schemas
        self.rest = []  # schemas of further keys
        self.items = []  # schemas of items
        self.required = set()
        self.closed = None  # None: says nothing about keys

    def bare_object(self):
        return self.types == {"object"} and not self.fields and not self.rest and not self.closed

    def take(self, other):
        self.types |= other.types
        for name, schemas in other.fields.items():
            self.fields.setdefault(name, []).extend(schemas)
        self.rest += other.rest
        self.items += other.items
        self.required |= other.required


def together(parts):
    """All parts hold at once: one that closes the set of keys is enough."""
    facts = Facts()
    for part in parts:
        facts.take(part)
    said = [part.closed for part in parts if part.closed is not None]
    facts.closed = any(said) if said else None
    return facts


def either(parts):
    """One of the parts holds: every part that speaks of keys must close them."""
    facts = Facts()
    for part in parts:
        facts.take(part)
    said = [part.closed for part in parts if part.closed is not None]
    facts.closed = all(said) if said else None
    return facts


class Reader:
    """Reads one resource schema into the shared list of nodes."""

    def __init__(self, root, is_sam, nodes):
        self.root, self.is_sam, self.nodes = root, is_sam, nodes
        self.known = {}
        self.left_out = 0

    def follow(self, reference):
        if not reference.startswith("#/"):
            return None
        place = self.root
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(place, dict) or step not in place:
                return None
            place = place[step]
        return place

    def own(self, schema):
        """What the schema itself says, without its references and alternatives."""
        facts = Facts()
        declared = schema.get("type")
        facts.types = set(declared if isinstance(declared, list) else [declared] if declared else [])
        facts.types.discard("null")
        if not facts.types:
            values = schema.get("enum", []) + ([schema["const"]] if "const" in schema else [])
            facts.types = {JSON_TYPES[type(value)] for value in values if value is not None}
        if not facts.types and schema.get("format") == "json":
            facts.types = {"object", "string"}
        for name, value in schema.get("properties", {}).items():
            facts.fields.setdefault(name, []).append(value)
        facts.rest = list(schema.get("patternProperties", {}).values())
        additional = schema.get("additionalProperties")
        if isinstance(additional, dict) and additional:
            facts.rest.append(additional)
        items = schema.get("items", [])
        facts.items = (items if isinstance(items, list) else [items]) + schema.get("prefixItems", [])
        facts.required = set(schema.get("required", []))
        if not facts.types:
            if facts.fields or facts.rest:
                facts.types = {"object"}
            elif facts.items:
                facts.types = {"array"}
        if "object" in facts.types:
            facts.closed = additional is False
        elif facts.types:  # words about keys say nothing of what has none
            facts.fields, facts.rest, facts.required = {}, [], set()
        elif additional is False:
            facts.closed = True
        if facts.types and "array" not in facts.types:
            facts.items = []
        return facts

    def facts(self, schema, above=()):
        if not isinstance(schema, dict) or id(schema) in above:
            return Facts()
        above += (id(schema),)
        parts = [self.own(schema)]
        if isinstance(schema.get("$ref"), str):
            target = self.facts(self.follow(schema["$ref"]), above)
            if target.types:
                parts[0].types = set()  # a reference knows better than the words beside it
            parts.append(target)
        parts += [self.facts(part, above) for part in schema.get("allOf", [])]
        for word in ("oneOf", "anyOf"):
            choices = [self.facts(part, above) for part in schema.get(word, [])]
            if self.is_sam and any(c.types and "object" not in c.types for c in choices):
                # The SAM schema writes "or an intrinsic function" as "or an object".
                choices = [c for c in choices if not c.bare_object()]
            if choices:
                parts.append(either(choices))
        # The bare "type: object" above a choice of objects leaves the question of further keys to them.
        if len(parts) > 1 and parts[0].bare_object():
            parts[0].closed = None
        return together(parts)

    def node(self, schemas, read_only):
        """The number of the node for a place that may be any of `schemas`, without its read-only parts."""
        key = (frozenset(map(id, schemas)), freeze(read_only))
        if key in self.known:
            return self.known[key]
        number = self.known[key] = len(self.nodes)
        self.nodes.append(None)
        facts = either([self.facts(schema) for schema in schemas])

        read_only = dict(read_only)
        if "properties" in read_only and "properties" not in facts.fields:
            read_only = merged(read_only, read_only.pop("properties") or {})
        fields = []
        for name, children in sorted(facts.fields.items()):
            below = read_only.get(name, {})
            if below is None and name not in facts.required:
                self.left_out += 1
                continue
            fields.append((name, self.node(children, below or {})))
        every = merged(read_only.get("*") or {}, read_only.get("items") or {})
        # Some paths step over a list without saying so.
        passed = {name: below for name, below in read_only.items() if name not in ("*", "items")}
        item = self.node(facts.items, merged(every, passed)) if facts.items else None
        rest = self.node(facts.rest, every) if facts.rest else None
        closed = bool(facts.closed) and rest is None
        self.nodes[number] = (kind(facts), closed, tuple(fields), item, rest)
        return number

    def properties(self):
        writable = set()
        for word in ("writeOnlyProperties", "createOnlyProperties", "conditionalCreateOnlyProperties"):
            writable.update(self.root.get(word, []))
        read_only = {}
        for path in self.root.get("readOnlyProperties", []):
            if any(other == path or other.startswith(path + "/") for other in writable):
                continue
            steps = path.split("/")[2:]
            place = read_only
            for step in steps[:-1]:
                if place is None or place.get(step, {}) is None:
                    place = None  # the place above is read-only already
                    break
                place = place.setdefault(step, {})
            if place is not None:
                place[steps[-1]] = None
        root = {word: self.root[word] for word in self.root if word in ("properties", "patternProperties", "required")}
        root["type"] = "object"
        root["additionalProperties"] = self.root.get("additionalProperties", True)
        for word in ("allOf", "oneOf", "anyOf"):
            if word in self.root:
                root[word] = self.root[word]
        self.top = root  # keeps its identity for the whole run
        return self.node([root], read_only)


def freeze(tree):
    return None if tree is None else tuple(sorted((name, freeze(below)) for name, below in tree.items()))


def merged(one, other):
    result = dict(one)
    for name, below in other.items():
        if name in result and result[name] is not None and below is not None:
            result[name] = merged(result[name], below)
        else:
            result[name] = None if name in result else below
    return result


def kind(facts):
    types = facts.types
    if types == {"object"}:
        return "object" if facts.fields or facts.rest or facts.closed else "json"
    if types == {"object", "string"}:
        return "json"
    if types == {"integer", "number"}:
        return "number"
    if len(types) == 1:
        words = {"array": "list", "boolean": "bool", "integer": "integer", "number": "number", "string": "text"}
        return words[next(iter(types))]
    return "any" if types else "unknown"


def shared(nodes, roots):
    """The same graph with one node for all places that nobody can tell apart, in an order that depends on it alone."""
    blank = ("unknown", False, (), None, None)
    nodes = nodes + [blank]  # the last stands for "none"
    groups = [0] * len(nodes)
    count = 1
    while True:
        seen = {}
        refined = []
        for number, (word, closed, fields, item, rest) in enumerate(nodes):
            look = (
                groups[number], word, closed,
                tuple((name, groups[child]) for name, child in fields),
                groups[-1 if item is None else item],
                groups[-1 if rest is None else rest],
            )
            refined.append(seen.setdefault(look, len(seen)))
        groups = refined
        if len(seen) == count:
            break
        count = len(seen)

    member = {}
    for number, group in enumerate(groups):
        member.setdefault(group, number)
    order = {groups[-1]: 0}
    rows = [("unknown", False, (), 0, 0)]
    queue = []

    def number_of(node):
        group = groups[node]
        if group not in order:
            order[group] = len(order)
            queue.append(group)
        return order[group]

    starts = {}
    for name in sorted(roots, key=str.encode):
        starts[name] = number_of(roots[name])
    for group in queue:  # grows while it is read: breadth first
        word, closed, fields, item, rest = nodes[member[group]]
        fields = tuple((name, number_of(child)) for name, child in fields)
        item = 0 if item is None else number_of(item)
        rest = 0 if rest is None else number_of(rest)
        rows.append((word, closed, fields, item, rest))
    return rows, starts


def packed(source, rows, starts):
    names = {name for row in rows for name, _ in row[2]} | set(starts)
    names = sorted(names, key=str.encode)
    string = {name: number for number, name in enumerate(names)}
    assert len(names) < 1 << 16 and len(rows) < 1 << 16, "the table needs wider numbers"

    node_bytes, field_bytes, first = b"", b"", 0
    for word, closed, fields, item, rest in rows:
        node_bytes += struct.pack("<IHH", first | KINDS.index(word) << 24 | closed << 31, item, rest)
        for name, child in sorted(fields, key=lambda field: string[field[0]]):
            field_bytes += struct.pack("<HH", string[name], child)
        first += len(fields)
    node_bytes += struct.pack("<IHH", first, 0, 0)
    assert first < 1 << 24, "the table needs wider numbers"
    type_bytes = b"".join(struct.pack("<HH", string[n], starts[n]) for n in sorted(starts, key=str.encode))
    text = ""
    for name in sorted(names, key=lambda name: (-len(name), name)):
        if name not in text:
            text += name
    assert text.isascii() and len(text) < 1 << 24 and max(map(len, names)) < 1 << 8, "the table needs wider numbers"
    spans = b"".join(struct.pack("<I", text.index(name) | len(name) << 24) for name in names)
    text = text.encode()
    source = source.encode()
    padded = source + b"\0" * (-len(source) % 4)
    total = 8 + 7 * 4 + len(padded) + len(node_bytes) + len(field_bytes) + len(type_bytes) + len(spans) + len(text)
    header = struct.pack("<7I", len(names), len(starts), len(rows), first, len(text), len(source), total)
    table = b"CFNPROPS" + header + padded + node_bytes + field_bytes + type_bytes + spans + text
    assert len(table) == total
    return table


def main(arguments):
    check = "--check" in arguments
    arguments = [argument for argument in arguments if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    source, schemas = read_package(arguments[0])
    nodes, roots, left_out = [], {}, 0
    for resource_type, (schema, is_sam) in schemas.items():
        reader = Reader(schema, is_sam, nodes)
        roots[resource_type] = reader.properties()
        left_out += reader.left_out
    rows, starts = shared(nodes, roots)
    table = packed(source, rows, starts)
    print(f"{source}: {len(starts)} types, {len(nodes)} places in {len(rows)} nodes, {len(table)} bytes")
    print(f"{left_out} read-only attributes left out")
    if check:
        if TABLE.read_bytes() != table:
            sys.exit(f"{TABLE.name} is not what this package gives")
    else:
        TABLE.write_bytes(table)


if __name__ == "__main__":
    main(sys.argv[1:])
