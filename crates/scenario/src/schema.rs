//! The schema of scenario files, generated from the types, and a document checked against it: all
//! mistakes of structure at once, each with its place. (The TOML reader by itself stops at the first.)

use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Kind;
use crate::file::ScenarioFile;
use crate::problem::{Mistakes, Problem, suggestion};

/// A JSON schema (2020-12) with references into its own `$defs`.
pub struct Schema {
    pub root: Json,
}

impl Schema {
    /// The schema of [`ScenarioFile`].
    pub fn of_scenarios() -> Self {
        Self { root: schemars::schema_for!(ScenarioFile).to_value() }
    }

    /// Checks the structure of a text.
    pub fn check(&self, name: &str, text: &str) -> Result<(), Mistakes> {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut problems: Vec<Problem> = errors.iter().map(Problem::of_toml).collect();
        if problems.is_empty() {
            self.check_table(&self.root, document.get_ref(), document.span().start..document.span().start, &mut problems);
        }
        if problems.is_empty() { Ok(()) } else { Err(Mistakes::new(name, text, problems)) }
    }

    /// A schema with references and "or null" resolved.
    pub fn resolve<'a>(&'a self, schema: &'a Json) -> &'a Json {
        if let Some(name) = schema.get("$ref").and_then(Json::as_str) {
            let target = name.rsplit('/').next().and_then(|name| self.root.get("$defs")?.get(name));
            return target.map_or(schema, |target| self.resolve(target));
        }
        let options = schema.get("anyOf").and_then(Json::as_array);
        let real = options.and_then(|options| options.iter().find(|o| o.get("type") != Some(&Json::from("null"))));
        real.map_or(schema, |real| self.resolve(real))
    }

    /// The variants of a one-variant table: (name, schema of its content, description).
    pub fn variants<'a>(&'a self, schema: &'a Json) -> Option<Vec<(&'a str, &'a Json, &'a str)>> {
        let options = self.resolve(schema).get("oneOf")?.as_array()?;
        let variant = |option: &'a Json| {
            let (name, content) = option.get("properties")?.as_object()?.iter().next()?;
            Some((name.as_str(), content, description(option)))
        };
        options.iter().map(variant).collect()
    }

    /// The schema of key `key` in a table of this schema.
    pub fn property<'a>(&'a self, schema: &'a Json, key: &str) -> Option<&'a Json> {
        let schema = self.resolve(schema);
        if let Some(variants) = self.variants(schema) {
            return variants.into_iter().find(|(name, ..)| *name == key).map(|(_, content, _)| content);
        }
        let named = schema.get("properties").and_then(|properties| properties.get(key));
        named.or_else(|| schema.get("additionalProperties").filter(|open| open.is_object()))
    }

    fn check_value(&self, schema: &Json, key: &str, value: &Spanned<DeValue>, problems: &mut Vec<Problem>) {
        let resolved = self.resolve(schema);
        let found = value.get_ref();
        if let Some(wrong) = wrong_type(resolved, found) {
            let message = format!("`{key}` must be {wrong}, not {}", article(found.type_str()));
            return problems.push(Problem::at(Some(value.span()), message, hint(schema, resolved)));
        }
        match found {
            DeValue::Table(table) => self.check_table(resolved, table, value.span(), problems),
            DeValue::Array(items) => self.check_items(resolved, key, items.iter(), value, problems),
            DeValue::String(text) => check_name(resolved, key, text, value, problems),
            DeValue::Integer(number) if is_unsigned(resolved) && number.as_str().starts_with('-') => {
                let message = format!("`{key}` must not be negative");
                problems.push(Problem::at(Some(value.span()), message, hint(schema, resolved)));
            }
            _ => {}
        }
    }

    fn check_items<'a>(
        &self,
        schema: &Json,
        key: &str,
        items: impl ExactSizeIterator<Item = &'a Spanned<DeValue<'a>>>,
        list: &Spanned<DeValue>,
        problems: &mut Vec<Problem>,
    ) {
        let length = |name: &str| schema.get(name).and_then(Json::as_u64);
        if length("minItems").is_some_and(|n| n == length("maxItems").unwrap_or(0) && n != items.len() as u64) {
            let message = format!("an entry of `{key}` has {} numbers", items.len());
            let help = length("minItems").map(|n| format!("write {n} numbers in brackets"));
            return problems.push(Problem::at(Some(list.span()), message, help));
        }
        if let Some(inner) = schema.get("items") {
            items.for_each(|item| self.check_value(inner, key, item, problems));
        }
    }

    fn check_table(&self, schema: &Json, table: &DeTable, place: std::ops::Range<usize>, problems: &mut Vec<Problem>) {
        let schema = self.resolve(schema);
        if let Some(variants) = self.variants(schema) {
            let names: Vec<&str> = variants.iter().map(|(name, ..)| *name).collect();
            if table.len() != 1 {
                let message = format!("exactly one kind belongs here; {} are given", table.len());
                let help = Some(format!("write one of: {}", names.join(", ")));
                return problems.push(Problem::at(Some(place), message, help));
            }
        }
        for (key, value) in table.iter() {
            match self.property(schema, key.get_ref()) {
                Some(inner) => self.check_value(inner, key.get_ref(), value, problems),
                None if schema.get("additionalProperties") == Some(&Json::Bool(true)) => {}
                None => {
                    let help = suggestion(key.get_ref(), self.known(schema));
                    let message = format!("`{}` is not known here", key.get_ref());
                    problems.push(Problem::at(Some(key.span()), message, Some(help)));
                }
            }
        }
        for key in required(schema).filter(|key| !table.iter().any(|(name, _)| name.get_ref() == key)) {
            let meaning = schema.get("properties").and_then(|p| p.get(key)).map_or("", description);
            let help = (!meaning.is_empty()).then(|| format!("{key}: {meaning}"));
            problems.push(Problem::at(Some(place.clone()), format!("`{key}` is missing here"), help));
        }
    }

    /// The keys that a table of this schema may have.
    fn known<'a>(&'a self, schema: &'a Json) -> Vec<&'a str> {
        match self.variants(schema) {
            Some(variants) => variants.into_iter().map(|(name, ..)| name).collect(),
            None => properties(schema).map(|(name, _)| name).collect(),
        }
    }

    /// Every variant of every one-variant table of the file, with its keys.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        self.collect_kinds(&self.root, "", &mut kinds);
        kinds
    }

    fn collect_kinds(&self, schema: &Json, place: &str, kinds: &mut Vec<Kind>) {
        let schema = self.resolve(schema);
        for (name, content, meaning) in self.variants(schema).unwrap_or_default() {
            let keys = properties(self.resolve(content)).map(|(key, inner)| {
                let default = inner.get("default").filter(|d| !d.is_null()).map(Json::to_string);
                (key.to_owned(), description(inner).replace('\n', " "), default)
            });
            let keys = keys.collect();
            kinds.push(Kind { place: place.into(), name: name.into(), meaning: meaning.replace('\n', " "), keys });
        }
        for (key, inner) in properties(schema) {
            let below = if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
            self.collect_kinds(inner, &below, kinds);
        }
        if let Some(open) = schema.get("additionalProperties").filter(|open| open.is_object()) {
            self.collect_kinds(open, &format!("{place}.<name>"), kinds);
        }
    }
}

fn properties(schema: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let properties = schema.get("properties").and_then(Json::as_object);
    properties.into_iter().flat_map(Map::iter).map(|(name, inner)| (name.as_str(), inner))
}

fn required(schema: &Json) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

fn description(schema: &Json) -> &str {
    schema.get("description").and_then(Json::as_str).unwrap_or("")
}

/// What the key means, as a hint.
fn hint(outer: &Json, inner: &Json) -> Option<String> {
    let meaning = [description(outer), description(inner)].into_iter().find(|d| !d.is_empty())?;
    Some(meaning.replace('\n', " "))
}

fn is_unsigned(schema: &Json) -> bool {
    schema.get("minimum").and_then(Json::as_f64) == Some(0.0)
}

/// What the schema asks for, in words, if the value is something else.
fn wrong_type(schema: &Json, value: &DeValue) -> Option<&'static str> {
    let fits = |name: &str| match name {
        "string" => value.is_str(),
        "integer" => value.is_integer(),
        "number" => value.is_integer() || value.is_float(),
        "boolean" => value.is_bool(),
        "array" => value.is_array(),
        "object" => value.is_table(),
        _ => false,
    };
    let words = |name: &str| match name {
        "string" => "a string",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a table",
    };
    let named = schema.get("oneOf").and_then(Json::as_array).map(|o| o.iter().any(|o| o.get("const").is_some()));
    match (schema.get("type"), named) {
        (Some(Json::String(name)), _) => (!fits(name)).then(|| words(name)),
        (Some(Json::Array(names)), _) => {
            let mut names = names.iter().filter_map(Json::as_str).filter(|name| *name != "null");
            let first = names.clone().find(|name| *name != "array").or_else(|| names.clone().next());
            (!names.any(fits)).then(|| first.map_or("something else", words))
        }
        (_, Some(true)) => (!value.is_str()).then_some("a string"),
        (_, Some(false)) => (!value.is_table()).then_some("a table with one kind"),
        _ => None,
    }
}

/// Checks a string against the names that a schema lists.
fn check_name(schema: &Json, key: &str, text: &str, value: &Spanned<DeValue>, problems: &mut Vec<Problem>) {
    let listed = schema.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    let mut names: Vec<&str> = listed.filter_map(|option| option.get("const")?.as_str()).collect();
    names.extend(schema.get("enum").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str));
    if !names.is_empty() && !names.contains(&text) {
        let message = format!("`{key}` cannot be \"{text}\"");
        problems.push(Problem::at(Some(value.span()), message, Some(suggestion(text, names))));
    }
}

/// "a table", "an integer".
fn article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}
