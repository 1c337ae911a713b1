//! A scenario file as it is typed: the sections, each with its keys in a file of its own. The doc comments of
//! keys are what `meanfield list` and the schema say. Sections are read from tables and written to tables
//! alone: each other format would be one more instance of all of them.
//!
//! Unknown keys are refused everywhere. No default changes the physics; every default says why it is one.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::dynamics::Dynamics;
use crate::mistakes::Mistake;
use crate::model::Model;
use crate::observe::Observe;
use crate::stated::{Compare, Figure};
use crate::systems::SystemKind;

/// Sections of a resolved scenario, as a record has it.
pub(crate) fn read<T: DeserializeOwned>(resolved: &str) -> Result<T, toml::de::Error> {
    toml::from_str::<toml::Table>(resolved)?.try_into()
}

/// A scenario: one claim about how SGD follows its mean-field limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScenarioFile {
    /// The claim in a sentence; the title of figures and record.
    pub title: String,
    /// Whether deterministic systems are run a second time at half the resolution, so that each of their
    /// curves gets an error `…_refinement_error`. False by default: it changes no result and costs a quarter
    /// or half as much again.
    #[serde(default)]
    pub refinement: bool,
    /// Data, activation, loss and start.
    pub model: Model,
    /// Time, schedule, noise and regularisation.
    pub dynamics: Dynamics,
    /// What is observed, and when.
    pub observe: Observe,
    /// The systems to run, by name.
    pub systems: BTreeMap<String, SystemKind>,
    /// The reference and the claims.
    pub compare: Option<Compare>,
    /// How the figures are drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<Figure>,
    /// Several values of keys that hold one number, e.g. model.initial.gaussian.scale = [0.1, 0.4]: the
    /// scenario runs over their product. Values are a list, "a..b:n" or "log(a..b:n)"; each key becomes an
    /// axis of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub vary: Option<toml::Table>,
    /// Overrides that `--quick` applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub quick: Option<toml::Table>,
}

impl ScenarioFile {
    /// A document whose structure was checked.
    pub(crate) fn deserialize_from(document: toml::Table) -> Result<Self, Mistake> {
        document.try_into().map_err(|error: toml::de::Error| Mistake::of_toml(&error))
    }
}
