//! Merging of documents: one on top of another.
//!
//! Tables merge key by key; lists and one-variant tables of another kind are replaced whole.

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::schema::Schema;

/// Merges `over` into `base`, both of schema `schema`.
pub(crate) fn merge(schemas: &Schema, schema: &Json, base: &mut Table, over: Table) {
    if schemas.variants(schema).is_some() && over.keys().ne(base.keys()) {
        *base = over;
        return;
    }
    let nothing = Json::Null;
    for (key, value) in over {
        let inner = schemas.property(schema, &key).unwrap_or(&nothing);
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(over)) => merge(schemas, inner, base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Removes from `vary` every key that a later layer `over` sets to one value: what is set last, wins.
pub(crate) fn drop_overridden(vary: &mut Table, over: &Table) {
    vary.retain(|key, value| match (value, over.get(key)) {
        (_, None) => true,
        (Value::Table(vary), Some(Value::Table(over))) => {
            drop_overridden(vary, over);
            !vary.is_empty()
        }
        (Value::Table(_), Some(_)) => true,
        (_, Some(_)) => false,
    });
}
