//! A document against the schema: all mistakes of structure at once, each with its place. (The TOML reader by
//! itself stops at the first.)

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::few::Few;
use crate::mistakes::{Mistake, meant, suggestion};
use crate::schema::{Schema, properties, replaced, required};
use crate::text_format::misread;

/// Whether missing required keys are an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A whole scenario: all required keys must be there.
    Whole,
    /// Overrides of a scenario: any keys may be missing.
    Part,
}

impl Schema {
    /// The mistakes in the structure of a text.
    pub(crate) fn problems(&self, text: &str, extent: Extent) -> Few<Mistake> {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut walk = Walk { schema: self, problems: errors.iter().map(Mistake::of_toml).collect() };
        if walk.problems.is_empty() {
            walk.table(&self.root, document.get_ref(), 0..0, extent);
            walk.quick(document.get_ref());
            walk.vary(document.get_ref());
        }
        walk.problems
    }
}

/// Keys that people look for and that are not there on purpose, with the reason.
const ABSENT: &[(&str, &str)] = &[(
    "momentum",
    "leave it out: with it neurons have velocities, and the limit is a kinetic equation in both that no \
     system here solves; a heavy ball of strong friction is plain SGD on another clock",
)];

/// A walk through a document.
pub(crate) struct Walk<'a> {
    pub(crate) schema: &'a Schema,
    problems: Few<Mistake>,
}

impl Walk<'_> {
    pub(crate) fn wrong(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        self.problems.push(Mistake::at(span, message, help));
    }

    /// Notes a key that is not allowed in its place. Suggestions are expensive: none is made once there are
    /// more mistakes than are printed.
    pub(crate) fn unknown(&mut self, key: &Spanned<Cow<str>>, known: &[&str]) {
        let name = key.get_ref();
        self.problems.push_with(|| {
            let message = format!("`{name}` is not known here");
            match ABSENT.iter().find(|(absent, _)| *absent == name.as_ref()) {
                Some((_, why)) => Mistake::at(key.span(), message, Some((*why).to_owned())),
                None => Mistake::at(key.span(), message, Some(suggestion(name, known.iter().copied()))),
            }
        });
    }

    /// The section of overrides has the structure of a scenario, in part.
    fn quick(&mut self, document: &DeTable) {
        if let Some(DeValue::Table(quick)) = document.get("quick").map(Spanned::get_ref) {
            let root = &self.schema.root;
            self.table(root, quick, 0..0, Extent::Part);
            self.vary(quick);
        }
    }

    pub(crate) fn value(&mut self, schema: &Json, key: &str, value: &Spanned<DeValue>, extent: Extent) {
        let found = value.get_ref();
        match wrong_type(self.schema.resolve(schema), found) {
            Some(wanted) => {
                let message = format!("`{key}` must be {wanted}, not {}", in_words(found));
                self.wrong(value.span(), message, self.hint_with_example(key, schema, Some(found)));
            }
            None => self.content(schema, key, value, extent),
        }
    }

    /// An entry of the list `key`.
    fn entry(&mut self, schema: &Json, key: &str, entry: &Spanned<DeValue>) {
        let found = entry.get_ref();
        match wrong_type(self.schema.resolve(schema), found) {
            Some(wanted) => {
                let message = format!("`{key}` must be {wanted}, not {}", in_words(found));
                self.wrong(entry.span(), message, self.hint(key, schema));
            }
            None => self.content(schema, key, entry, Extent::Whole),
        }
    }

    /// The content of a value that has the right type.
    fn content(&mut self, schema: &Json, key: &str, value: &Spanned<DeValue>, extent: Extent) {
        let resolved = self.schema.resolve(schema);
        match value.get_ref() {
            DeValue::Table(table) => self.table(resolved, table, value.span(), extent),
            DeValue::Array(items) => self.items(schema, key, items.iter(), value.span()),
            DeValue::String(text) => self.text(schema, key, text, value.span()),
            DeValue::Integer(number) => self.integer(schema, key, number, value.span()),
            _ => {}
        }
    }

    fn integer(&mut self, schema: &Json, key: &str, number: &DeInteger, span: Range<usize>) {
        let unsigned = self.schema.resolve(schema).get("minimum").and_then(Json::as_f64) == Some(0.0);
        match i64::from_str_radix(number.as_str(), number.radix()) {
            Err(_) => self.wrong(span, format!("`{key}` is beyond {}, the largest integer", i64::MAX), None),
            Ok(number) if unsigned && number < 0 => {
                self.wrong(span, format!("`{key}` must not be negative"), self.hint(key, schema));
            }
            Ok(_) => {}
        }
    }

    fn text(&mut self, schema: &Json, key: &str, text: &str, span: Range<usize>) {
        let names = self.schema.names(schema);
        if !names.is_empty() && !names.contains(&text) {
            let help = suggestion(text, names);
            self.wrong(span.clone(), format!("`{key}` cannot be \"{text}\""), Some(help));
        }
        let format = self.schema.resolve(schema).get("format").and_then(Json::as_str);
        if let Some((message, help)) = format.and_then(|format| misread(format, text)) {
            self.wrong(span, format!("`{key}`: {message}"), Some(help));
        }
    }

    fn items<'a>(
        &mut self,
        schema: &Json,
        key: &str,
        items: impl ExactSizeIterator<Item = &'a Spanned<DeValue<'a>>>,
        span: Range<usize>,
    ) {
        let schema = self.schema.resolve(schema);
        let length = |name: &str| schema.get(name).and_then(Json::as_u64);
        if let (Some(least), Some(most)) = (length("minItems"), length("maxItems"))
            && least == most
            && least != items.len() as u64
        {
            let message = format!("an entry of `{key}` has {least} numbers, not {}", items.len());
            return self.wrong(span, message, Some(format!("write {least} numbers in brackets")));
        }
        if let Some(inner) = schema.get("items") {
            items.for_each(|item| self.entry(inner, key, item));
        }
    }

    fn table(&mut self, schema: &Json, table: &DeTable, span: Range<usize>, extent: Extent) {
        let schema = self.schema.resolve(schema);
        if let Some(variants) = self.schema.variants(schema)
            && table.len() != 1
        {
            let names: Vec<_> = variants.iter().map(|(name, ..)| *name).collect();
            let message = format!("exactly one kind belongs here, not {}", table.len());
            return self.wrong(span, message, Some(format!("write one of: {}", names.join(", "))));
        }
        let known = self.schema.known(schema);
        let mut mistyped = Vec::new();
        for (key, value) in table.iter() {
            match self.schema.property(schema, key.get_ref()) {
                Some(inner) => self.value(inner, key.get_ref(), value, extent),
                None if schema.get("additionalProperties") == Some(&Json::Bool(true)) => {}
                None => {
                    if !self.problems.is_full() {
                        mistyped.extend(meant(key.get_ref(), known.iter().copied()));
                    }
                    self.unknown(key, &known);
                }
            }
        }
        self.replaced(schema, table);
        if extent == Extent::Whole {
            self.missing(schema, table, &mistyped, span);
        }
    }

    /// Keys that are there beside one that stands in their place.
    fn replaced(&mut self, schema: &Json, table: &DeTable) {
        for (key, _) in table.iter() {
            let others: Vec<&str> = replaced(schema, key.get_ref()).collect();
            let both = table.iter().filter(|(other, _)| others.contains(&&**other.get_ref()));
            for (other, value) in both {
                let message = format!("`{}` does not belong beside `{}`", other.get_ref(), key.get_ref());
                let help = format!("leave out one of them: `{}` stands in its place", key.get_ref());
                self.wrong(value.span(), message, Some(help));
            }
        }
    }

    /// Required keys that are neither there nor there under a mistyped name.
    fn missing(&mut self, schema: &Json, table: &DeTable, mistyped: &[&str], span: Range<usize>) {
        let there =
            |key: &str| table.iter().any(|(name, _)| name.get_ref() == key) || mistyped.contains(&key);
        let instead: Vec<&str> = table.iter().flat_map(|(key, _)| replaced(schema, key.get_ref())).collect();
        for key in required(schema).filter(|key| !there(key) && !instead.contains(key)) {
            let inner = properties(schema).find(|(name, _)| *name == key).map(|(_, inner)| inner);
            let help = inner.and_then(|inner| self.hint_with_example(key, inner, None));
            self.wrong(span.clone(), format!("`{key}` is missing here"), help);
        }
    }

    /// The meaning of the key, as a hint.
    fn hint(&self, key: &str, schema: &Json) -> Option<String> {
        let meaning = self.schema.meaning(schema);
        (!meaning.is_empty()).then(|| format!("{key}: {meaning}"))
    }

    /// The meaning of the key, and what to write where a table or a list is wanted in the place of what was
    /// `typed`.
    fn hint_with_example(&self, key: &str, schema: &Json, typed: Option<&DeValue>) -> Option<String> {
        let example = self.schema.example(key, schema, typed).map(|line| format!("write e.g. {line}"));
        let hint = self.hint(key, schema).into_iter().chain(example).collect::<Vec<_>>();
        (!hint.is_empty()).then(|| hint.join(" "))
    }
}

/// The type that the schema requires, in words, if the value is of another one.
fn wrong_type(schema: &Json, value: &DeValue) -> Option<String> {
    let fits = |name: &str| match name {
        "string" => value.is_str(),
        "integer" => value.is_integer(),
        "number" => value.is_integer() || value.is_float(),
        "boolean" => value.is_bool(),
        "array" => value.is_array(),
        "object" => value.is_table(),
        _ => false,
    };
    let options = schema.get("oneOf").and_then(Json::as_array);
    let names: Vec<&str> = match (schema.get("type"), options) {
        (Some(Json::String(name)), _) => vec![name],
        (Some(Json::Array(names)), _) => {
            names.iter().filter_map(Json::as_str).filter(|n| *n != "null").collect()
        }
        (_, Some(options)) if options.iter().any(|option| option.get("const").is_some()) => vec!["string"],
        (_, Some(_)) => vec!["object"],
        _ => return None,
    };
    (!names.iter().any(|name| fits(name)))
        .then(|| names.into_iter().map(type_in_words).collect::<Vec<_>>().join(" or "))
}

fn type_in_words(name: &str) -> &str {
    match name {
        "string" => "a string",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a table",
    }
}

/// The type of a value, in words.
pub(crate) fn in_words(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
