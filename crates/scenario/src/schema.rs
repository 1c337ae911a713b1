//! The schema of scenario files, generated from the types: the keys of each table, and the kinds that exist.

use serde_json::{Map, Value as Json};

use crate::examples::{Examples, keys_within};
use crate::file::ScenarioFile;
use crate::model::instead::INSTEAD;

/// One kind, or one table, that exists: what `meanfield list` prints.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Listed {
    /// Where it is written, e.g. `model.data`, `systems.<name>`.
    pub place: String,
    /// Its name, e.g. `isotropic-gaussians`; empty for a table of which there is one kind.
    pub name: String,
    /// Its description.
    pub meaning: String,
    /// Its keys: (name, meaning, default if it has one).
    pub keys: Vec<(String, String, Option<String>)>,
    /// An example of the kind, a line of TOML; none of a table of which there is one kind.
    pub example: Option<String>,
    /// Examples of keys that are not in that one: (name, value).
    pub key_examples: Vec<(String, String)>,
}

impl Listed {
    /// Adds what the page of examples has of it and of its keys.
    fn add_examples(&mut self, examples: &Examples) {
        let place = match self.name.is_empty() {
            true => self.place.clone(),
            false => format!("{}.{}", self.place, self.name),
        };
        let own = examples.at_place(&place).filter(|_| !self.name.is_empty());
        let shown = own.as_ref().map(keys_within).unwrap_or_default();
        let keys = self.keys.iter().map(|(key, ..)| key).filter(|key| !shown.contains(*key));
        let found = keys.filter_map(|key| Some((key, examples.at_place(&format!("{place}.{key}"))?)));
        self.key_examples = found.map(|(key, value)| (key.clone(), value.to_string())).collect();
        self.example = own.map(|value| format!("{place} = {value}"));
    }
}

/// A JSON schema (2020-12) with references into its own `$defs`.
pub struct Schema {
    pub root: Json,
}

impl Schema {
    /// The schema of [`ScenarioFile`].
    pub fn of_scenarios() -> Self {
        let mut root = schemars::schema_for!(ScenarioFile).to_value();
        describe_keys(&mut root);
        Self { root }
    }

    /// A schema with references and "or null" resolved.
    pub fn resolve<'a>(&'a self, schema: &'a Json) -> &'a Json {
        if let Some(name) = schema.get("$ref").and_then(Json::as_str) {
            let target = name.rsplit('/').next().and_then(|name| self.root.get("$defs")?.get(name));
            return target.map_or(schema, |target| self.resolve(target));
        }
        let options = schema.get("anyOf").and_then(Json::as_array);
        let real =
            options.and_then(|options| options.iter().find(|o| o.get("type") != Some(&Json::from("null"))));
        real.map_or(schema, |real| self.resolve(real))
    }

    /// The variants of a one-variant table: (name, schema of its content, description).
    pub fn variants<'a>(&'a self, schema: &'a Json) -> Option<Vec<(&'a str, &'a Json, &'a str)>> {
        let options = self.resolve(schema).get("oneOf")?.as_array()?;
        options
            .iter()
            .map(|option: &'a Json| {
                let (name, content) = option.get("properties")?.as_object()?.iter().next()?;
                Some((name.as_str(), content, description(option)))
            })
            .collect()
    }

    /// The schema of key `key` in a table of this schema.
    pub fn property<'a>(&'a self, schema: &'a Json, key: &str) -> Option<&'a Json> {
        let schema = self.resolve(schema);
        if let Some(variants) = self.variants(schema) {
            return variants.into_iter().find(|(name, ..)| *name == key).map(|(_, content, _)| content);
        }
        let named = schema.get("properties").and_then(|properties| properties.get(key));
        named.or_else(|| open(schema))
    }

    /// The keys that a table of this schema may have.
    pub fn known<'a>(&'a self, schema: &'a Json) -> Vec<&'a str> {
        match self.variants(schema) {
            Some(variants) => variants.into_iter().map(|(name, ..)| name).collect(),
            None => properties(schema).map(|(name, _)| name).collect(),
        }
    }

    /// The names that a string of this schema must be one of; none if it is free.
    pub fn names<'a>(&'a self, schema: &'a Json) -> Vec<&'a str> {
        let schema = self.resolve(schema);
        let [options, names] = ["oneOf", "enum"].map(|key| schema.get(key).and_then(Json::as_array));
        let constants = options.into_iter().flatten().filter_map(|option| option.get("const")?.as_str());
        constants.chain(names.into_iter().flatten().filter_map(Json::as_str)).collect()
    }

    /// Every table that has keys of its own, and every variant of a one-variant table.
    pub fn kinds(&self) -> Vec<Listed> {
        let mut kinds = Vec::new();
        self.collect_kinds(&self.root, "", &mut kinds);
        let examples = Examples::of_page();
        kinds.iter_mut().for_each(|kind| kind.add_examples(&examples));
        kinds
    }

    fn collect_kinds(&self, schema: &Json, place: &str, kinds: &mut Vec<Listed>) {
        let resolved = self.resolve(schema);
        for (name, content, meaning) in self.variants(resolved).unwrap_or_default() {
            let content = self.resolve(content);
            kinds.push(self.kind(place, name, meaning, content));
            for (key, inner) in properties(content).filter(|(_, inner)| self.is_table(inner)) {
                self.collect_kinds(inner, &format!("{place}.{name}.{key}"), kinds);
            }
        }
        let own = self.kind(place, "", "", resolved);
        if !own.keys.is_empty() && self.variants(resolved).is_none() {
            kinds.push(own);
        }
        for (key, inner) in properties(resolved) {
            let below = if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
            let items = self.resolve(inner).get("items").map(|items| self.resolve(items));
            self.collect_kinds(items.unwrap_or(inner), &below, kinds);
        }
        if let Some(inner) = open(resolved) {
            self.collect_kinds(inner, &format!("{place}.<name>"), kinds);
        }
    }

    /// A kind with those of its keys that are plain values.
    fn kind(&self, place: &str, name: &str, meaning: &str, content: &Json) -> Listed {
        let plain = properties(content).filter(|(_, inner)| !self.is_table(inner) || self.is_free(inner));
        let keys = plain.map(|(key, inner)| {
            let default = inner.get("default").filter(|d| !d.is_null()).map(Json::to_string);
            (key.to_owned(), self.meaning(inner), default)
        });
        let keys = keys.collect();
        let meaning = one_line(meaning);
        let (place, name) = (place.to_owned(), name.to_owned());
        Listed { place, name, meaning, keys, example: None, key_examples: Vec::new() }
    }

    /// Whether a value of this schema is a table, or a list of tables.
    pub(crate) fn is_table(&self, schema: &Json) -> bool {
        let resolved = self.resolve(schema);
        let items = resolved.get("items").map(|items| self.is_table(items));
        resolved.get("type").is_some_and(|kind: &Json| {
            kind == "object" || kind.as_array().is_some_and(|k| k.contains(&"object".into()))
        }) || self.variants(resolved).is_some()
            || items == Some(true)
    }

    /// Whether it is a table of which the schema says nothing more.
    fn is_free(&self, schema: &Json) -> bool {
        self.resolve(schema).get("additionalProperties") == Some(&Json::Bool(true))
    }

    /// The meaning of a key, with the names it may take.
    pub fn meaning(&self, schema: &Json) -> String {
        let described =
            [schema, self.resolve(schema)].into_iter().map(description).find(|text| !text.is_empty());
        let meaning = one_line(described.unwrap_or(""));
        match &self.names(schema)[..] {
            [] => meaning,
            names => format!("{meaning} One of: {}.", names.join(", ")),
        }
    }
}

/// Describes the keys of each kind by what its variant says: a kind is described once. Keys that several
/// kinds share keep their own description.
fn describe_keys(root: &mut Json) {
    let mut described = Vec::new();
    collect_described(root, &mut described);
    let Some(definitions) = root.get_mut("$defs").and_then(Json::as_object_mut) else { return };
    for (name, text) in &described {
        let is_shared = described.iter().filter(|(other, _)| other == name).count() > 1;
        if let (false, Some(Json::Object(keys))) = (is_shared, definitions.get_mut(name)) {
            keys.insert("description".to_owned(), text.as_str().into());
        }
    }
}

/// Of every kind the definition of its keys, and its description.
fn collect_described(schema: &Json, described: &mut Vec<(String, String)>) {
    for option in schema.get("oneOf").and_then(Json::as_array).into_iter().flatten() {
        let keys = properties(option).next().and_then(|(_, keys)| keys.get("$ref")?.as_str());
        if let Some(name) = keys.and_then(|keys| keys.rsplit('/').next()) {
            described.push((name.to_owned(), description(option).to_owned()));
        }
    }
    match schema {
        Json::Object(inner) => inner.values().for_each(|inner| collect_described(inner, described)),
        Json::Array(inner) => inner.iter().for_each(|inner| collect_described(inner, described)),
        _ => {}
    }
}

/// The schema of the values of a table whose keys are free.
pub(crate) fn open(schema: &Json) -> Option<&Json> {
    schema.get("additionalProperties").filter(|open| open.is_object())
}

/// The named keys of a table.
pub fn properties(schema: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let properties = schema.get("properties").and_then(Json::as_object);
    properties.into_iter().flat_map(Map::iter).map(|(name, inner)| (name.as_str(), inner))
}

/// The keys that a table must have.
pub fn required(schema: &Json) -> impl Iterator<Item = &str> {
    texts(schema.get("required"))
}

/// The keys in whose place `key` stands.
pub(crate) fn replaced<'a>(schema: &'a Json, key: &str) -> impl Iterator<Item = &'a str> {
    texts(schema.get(INSTEAD).and_then(|instead| instead.get(key)))
}

/// The texts in a list.
fn texts(list: Option<&Json>) -> impl Iterator<Item = &str> {
    list.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

fn description(schema: &Json) -> &str {
    schema.get("description").and_then(Json::as_str).unwrap_or("")
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every description in a schema.
    fn descriptions<'a>(schema: &'a Json, found: &mut Vec<&'a str>) {
        match schema {
            Json::Object(inner) => {
                found.extend(inner.get("description").and_then(Json::as_str));
                inner.values().for_each(|inner| descriptions(inner, found));
            }
            Json::Array(inner) => inner.iter().for_each(|inner| descriptions(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn keys_are_described_as_their_kind_is() {
        let schema = Schema::of_scenarios();
        let mut found = Vec::new();
        descriptions(&schema.root, &mut found);
        let links: Vec<_> = found.into_iter().filter(|text| text.contains("[`")).collect();
        assert!(links.is_empty(), "links of the source text: {links:?}");
        let of_keys = |name: &str| description(&schema.root["$defs"][name]).to_owned();
        assert_eq!(
            of_keys("JkoKeys"),
            schema.kinds().iter().find(|kind| kind.name == "jko").expect("a kind").meaning
        );
        assert_eq!(of_keys("PlacementKeys"), "Where a shape stands.");
    }
}
