//! The structure of `[vary]`: the keys of a scenario, and a list of values below each.

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::schema::Schema;
use crate::structure::{Extent, Walk, in_words};
use crate::times::Range;

impl Walk<'_> {
    /// Notes the mistakes in the structure of a document's `[vary]`.
    pub(crate) fn vary(&mut self, document: &DeTable) {
        if let Some(DeValue::Table(vary)) = document.get("vary").map(Spanned::get_ref) {
            let schema = self.schema;
            self.keys_varied(&schema.root, vary, &[]);
        }
    }

    fn keys_varied(&mut self, schema: &Json, table: &DeTable, above: &[&str]) {
        let schema = self.schema.resolve(schema);
        let known = self.schema.known(schema);
        for (key, value) in table.iter() {
            let path = [above, &[key.get_ref().as_ref()]].concat();
            if let Some(reason) = refused(&path) {
                let message = format!("`{}` cannot be varied", path.join("."));
                self.wrong(key.span(), message, Some(reason.to_owned()));
            } else if let Some(inner) = self.schema.property(schema, key.get_ref()) {
                self.values_varied(inner, value, &path);
            } else {
                self.unknown(key, &known);
            }
        }
    }

    fn values_varied(&mut self, schema: &Json, value: &Spanned<DeValue>, path: &[&str]) {
        let key = path.last().copied().unwrap_or_default();
        match value.get_ref() {
            DeValue::Table(table) if self.schema.is_table(schema) => self.keys_varied(schema, table, path),
            _ if !self.schema.is_number(schema) => {
                let message = format!("`{key}` cannot be varied: it does not hold one number");
                let help = "vary a key that holds one number; `meanfield list` names them";
                self.wrong(value.span(), message, Some(help.to_owned()));
            }
            DeValue::Array(items) => {
                items.iter().for_each(|item| self.value(schema, key, item, Extent::Whole));
            }
            DeValue::String(text) => {
                if let Err((message, help)) = Range::read(text) {
                    self.wrong(value.span(), format!("`{key}`: {message}"), Some(help));
                }
            }
            other => {
                let message = format!("`{key}` must be a list of numbers, not {}", in_words(other));
                let help = format!("write e.g. {key} = [0.1, 0.4], \"0.1..0.9:5\" or \"log(0.1..10:5)\"");
                self.wrong(value.span(), message, Some(help));
            }
        }
    }
}

/// Why a key cannot be varied, for those that cannot.
fn refused(path: &[&str]) -> Option<&'static str> {
    match path {
        ["title" | "quick" | "vary" | "figure"] => {
            Some("it is no number of the model, the dynamics or a system")
        }
        ["refinement"] => Some("write refinement = true: it concerns all points"),
        ["observe"] => Some("what is observed is the same at all points: the record has one axis of times"),
        ["dynamics", "end-time"] => Some("all points are observed at the same times, up to the same end"),
        ["compare"] => Some("a claim is judged at every point"),
        ["systems", _, _, "seeds"] => Some("seeds are an axis of their own: write seeds = [1, 2]"),
        _ => None,
    }
}

impl Schema {
    /// Whether a value of this schema is one number.
    pub(crate) fn is_number(&self, schema: &Json) -> bool {
        ["number", "integer"].iter().any(|name| self.is_of_type(schema, name))
    }

    /// Whether the key at a path holds an integer.
    pub(super) fn is_integer_at(&self, path: &[String]) -> bool {
        let inner = path.iter().try_fold(&self.root, |schema, key| self.property(schema, key));
        inner.is_some_and(|schema| self.is_of_type(schema, "integer"))
    }

    pub(crate) fn is_of_type(&self, schema: &Json, name: &str) -> bool {
        match self.resolve(schema).get("type") {
            Some(Json::String(one)) => one == name,
            Some(Json::Array(several)) => several.iter().any(|one| one == name),
            _ => false,
        }
    }
}
