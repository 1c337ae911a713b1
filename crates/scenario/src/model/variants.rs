//! The variants of a section as they are written, for the tests of the sections.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// The names of all variants.
pub fn variants<T: JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T).to_value();
    let variants = schema["oneOf"].as_array().expect("one of several");
    variants.iter().map(|variant| variant["required"][0].as_str().expect("a name").to_owned()).collect()
}

/// The variant of this name, with the first of these keys that it takes.
pub fn read<T: DeserializeOwned>(name: &str, keys: &[&str]) -> T {
    let texts = keys.iter().map(|keys| format!("{name} = {keys}"));
    let mut variants = texts.filter_map(|text| toml::from_str(&text).ok());
    variants.next().unwrap_or_else(|| panic!("no keys for {name}"))
}
