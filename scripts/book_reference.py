"""Makes the tables of all keys of a scenario (standard output) from the schema of `meanfield schema` (standard input).

What a key means is said in the types alone, in crates/scenario; nothing is added here. Keys that several kinds share
are one table, and the others lead to it.
"""
import json
import sys

DEEPEST = 4  # of headings: sections of sections are beside each other from there on


def anchor(path):
    """The name of a place, for links: mdBook's own would drop angle brackets."""
    return "key-" + path.replace("<name>", "name").replace(".", "-")


def one_line(text):
    """A description as a cell of a table: outside code no sign of it is Markdown's."""
    parts = " ".join(text.split()).replace("|", "\\|").split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def needed(schema, key):
    """Whether a key must be there, or what may stand in its place."""
    if key not in schema.get("required", []):
        return ""
    others = [other for other, keys in schema.get("x-instead", {}).items() if key in keys]
    return "**needed**" + "".join(f", or `{other}`" for other in others)


def without_null(schema):
    """What a key is that may be left out."""
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    return {**schema, **choices[0]} if choices else schema


class Reference:
    """The tables, as they come."""

    def __init__(self, schema):
        self.definitions = schema["$defs"]
        self.lines = []
        self.placed = {}  # definition -> the path at which its table stands

    def resolved(self, schema):
        """A schema, and the name of its definition if it has one."""
        schema = without_null(schema)
        name = schema.get("$ref", "").removeprefix("#/$defs/")
        return (self.definitions[name], name) if name else (schema, None)

    def is_section(self, schema):
        """Whether a key has keys of its own."""
        schema, _ = self.resolved(schema)
        inner = schema.get("items", schema) if schema.get("type") == "array" else schema
        inner, _ = self.resolved(inner)
        return "properties" in inner or any("properties" in one for one in inner.get("oneOf", []))

    def type_words(self, schema):
        """What is written for a key: a number, a text, one of some words."""
        schema, _ = self.resolved(schema)
        words = schema.get("enum") or [one["const"] for one in schema.get("oneOf", []) if "const" in one]
        if words:
            return " or ".join(f"`{word}`" for word in words)
        kinds = schema.get("type", "table")
        kinds = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
        names = {"string": "text", "array": "list", "object": "table", "boolean": "true or false"}
        return " or ".join(names.get(kind, kind) for kind in kinds)

    def table(self, schema):
        """The keys of a section that hold a value."""
        rows = []
        for key, value in schema["properties"].items():
            if self.is_section(value):
                continue
            default = needed(schema, key)
            if value.get("default") is not None:
                default = f"`{json.dumps(value['default'], ensure_ascii=False)}`"
            meaning = one_line(value.get("description") or self.resolved(value)[0].get("description", ""))
            rows.append(f"| `{key}` | {self.type_words(value)} | {default} | {meaning} |")
        if rows:
            self.lines += ["| key | is | default | meaning |", "|---|---|---|---|", *rows, ""]

    def section(self, path, schema, depth, meaning="", need=""):
        """A section, and those within it. Its own description goes before that of its type."""
        schema, name = self.resolved(schema)
        title = path
        if schema.get("type") == "array":
            title = f"[[{path}]]"
            schema, name = self.resolved(schema["items"])
        self.lines += [f"{'#' * min(depth, DEEPEST)} `{title}` {{#{anchor(path)}}}", ""]
        self.lines += [one_line(meaning or schema.get("description", "")) + (need and f" ({need})"), ""]
        first = self.placed.setdefault(name, path) if name else path
        if first != path:
            self.lines += [f"What can be written is that of [`{first}`](#{anchor(first)}).", ""]
        elif "oneOf" in schema:
            self.kinds(path, schema, depth)
        else:
            self.table(schema)
            self.sections(path, schema, depth)

    def sections(self, path, schema, depth):
        """The sections within one."""
        for key, value in schema["properties"].items():
            if self.is_section(value):
                self.section(f"{path}.{key}", value, depth + 1, value.get("description", ""), needed(schema, key))

    def kinds(self, path, schema, depth):
        """A section of which one of several kinds is written. Kinds whose keys are known lead to these."""
        rows, own = [], []
        for kind in schema["oneOf"]:
            (name, value), = kind["properties"].items()
            keys, definition = self.resolved(value)
            text = f"`{name}`"
            if keys.get("properties"):
                first = self.placed.get(definition, f"{path}.{name}")
                text = f"[`{name}`](#{anchor(first)})"
                if first == f"{path}.{name}" and self.placed.setdefault(definition, first) == first:
                    own.append((first, value, kind.get("description", "")))
            rows.append(f"| {text} | {one_line(kind.get('description', ''))} |")
        self.lines += ["| one of | meaning |", "|---|---|", *rows, ""]
        for place, value, meaning in own:
            self.section(place, value, depth + 1, meaning)


def main():
    schema = json.load(sys.stdin)
    sections = {**schema["properties"]}
    systems = sections.pop("systems")
    need = needed(schema, "systems")
    reference = Reference(schema)
    reference.lines += ["## Keys above all sections", ""]
    reference.table({**schema, "properties": sections})
    for key in ["model", "dynamics", "observe"]:
        reference.section(key, sections.pop(key), 2, need=needed(schema, key))
    reference.section("systems.<name>", systems["additionalProperties"], 2, systems["description"], need)
    for key, value in sections.items():
        if reference.is_section(value):
            reference.section(key, value, 2)
    print("\n".join(reference.lines))


if __name__ == "__main__":
    main()
