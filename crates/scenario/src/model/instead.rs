//! Which keys of a model stand in place of others, for the schema: a model has an activation and a start, or
//! layers. The types alone would let both be missing.

use schemars::Schema;
use serde_json::{Value as Json, json};

/// The extension of a schema that says so: for a key those that must be there, unless it is.
pub(crate) const INSTEAD: &str = "x-instead";

/// Makes a key required, where none of those stands that may stand in its place.
pub(crate) fn require(schema: &mut Schema, key: &str) {
    match schema.get_mut("required") {
        Some(Json::Array(required)) => required.push(key.into()),
        _ => {
            schema.insert("required".to_owned(), json!([key]));
        }
    }
}

/// Requires an activation and a start of a model without layers.
pub(super) fn of_layers(schema: &mut Schema) {
    let replaced = ["activation", "initial"];
    if let Some(Json::Array(required)) = schema.get_mut("required") {
        required.extend(replaced.map(Json::from));
    }
    let replaced = ["activation", "initial", "unit"];
    schema.insert(INSTEAD.to_owned(), json!({ "layers": replaced, "residual": replaced }));
}
