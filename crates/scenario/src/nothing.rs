//! The content of a kind that has no keys.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// No keys: written `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
