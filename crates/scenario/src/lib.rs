//! Scenario files: TOML → checked scenario → systems ready to run. The only crate that knows TOML, and the
//! only place where a `Box<dyn System>` is made ([`build`]).
//!
//! ```text
//!   text ──structure──▶ document ──overrides──▶ ──vary──▶ [Point], complete each ──check──▶ Scenario ──build──▶ [Job]
//! ```
//! Every mistake is reported with its place and with what to write instead, all at once where possible.

pub mod build;
mod check;
mod coarser;
mod cost;
mod excerpt;
mod few;
pub mod file;
mod model;
pub mod overrides;
pub mod problem;
mod schema;
pub mod stated;
mod structure;
pub mod times;
pub mod typed;
mod vary;

use check::Complaints;
pub use cost::Costs;
use file::ScenarioFile;
use meanfield_run::claim::Claim;
use meanfield_run::drive::Plan;
use overrides::Overrides;
use problem::{Mistakes, Problem};
use schema::Schema;
use stated::Stated;
pub use vary::Point;

/// A scenario that was checked: running it can still fail, reading it cannot.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The resolved file: overrides applied, defaults written out.
    pub file: ScenarioFile,
    /// What runs: the file itself, or one scenario for each point of `[vary]`.
    pub points: Vec<Point>,
    /// Whether it is one for `meanfield sweep`, which keeps only the end of every point.
    pub swept: bool,
    /// The same as TOML; two scenarios are the same if this text is.
    pub resolved: String,
    /// What is observed.
    pub plan: Plan,
    /// Name of the reference system, where there is one.
    pub reference: Option<String>,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// Longest text that is read, in bytes: no scenario that a person wrote comes near it.
const LONGEST: usize = 4 << 20;

/// Reads, overrides and checks a scenario. `name` is how messages call it; `quantities` are the names that a
/// claim may use (the comparison knows its distances, this crate does not), `mean_<coordinate>` for one of each coordinate.
pub fn load(
    name: &str,
    text: &str,
    overrides: &Overrides,
    quantities: &[String],
) -> Result<Scenario, Mistakes> {
    if text.len() > LONGEST {
        let message = format!("the file has {} bytes, and {LONGEST} are read at most", text.len());
        let help = "write long lists as ranges, e.g. \"0..10:101\" or \"log(1e-3..10:61)\"";
        return Err(Mistakes::of_text(name, "", vec![Problem::general(message, Some(help.into()))]));
    }
    let schema = Schema::of_scenarios();
    let resolved = overrides::resolve(&schema, name, text, overrides)?;
    let wrong = |problem| Mistakes::of_text(name, &resolved.text, vec![problem]);
    let of_toml = |error: toml::de::Error| wrong(Problem::of_toml(&error));
    let general = |error: toml::ser::Error| wrong(Problem::general(error.to_string(), None));
    let document: toml::Table = toml::from_str(&resolved.text).map_err(of_toml)?;
    let mut file: ScenarioFile = toml::from_str(&resolved.text).map_err(of_toml)?;
    file.quick = None;
    let mut complaints = Complaints::default();
    let swept = overrides.sweep || (overrides.either && vary::is_for_sweeps(&schema, &document));
    let varied = vary::varied(&schema, &document, swept, &mut complaints);
    if !complaints.is_empty() {
        return Err(complaints.located(name, &resolved));
    }
    let with_defaults = toml::Table::try_from(&file).map_err(general)?;
    let points = vary::points(&schema, &document, &varied, &with_defaults, &file).map_err(wrong)?;
    let complaints = check::check(&points, &varied, quantities, swept);
    if !complaints.is_empty() {
        return Err(complaints.located(name, &resolved));
    }
    Ok(Scenario {
        plan: if swept { file.plan_of_a_sweep() } else { file.plan() },
        reference: file.reference(),
        claims: file.claims(),
        resolved: toml::to_string(&file).map_err(general)?,
        points,
        swept,
        file,
    })
}

/// What a resolved scenario says about comparing and drawing. Nothing else of it is read, so that a record can be
/// compared and drawn where its scenario could not be run: on a smaller machine, or by a later version.
pub fn stated(name: &str, resolved: &str) -> Result<Stated, Mistakes> {
    toml::from_str(resolved)
        .map_err(|error| Mistakes::of_text(name, resolved, vec![Problem::of_toml(&error)]))
}

/// The JSON schema of scenario files, for editors.
pub fn json_schema() -> serde_json::Value {
    Schema::of_scenarios().root
}

/// One kind, or one table, that exists: what `meanfield list` prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// Where it is written, e.g. `model.data`, `systems.<name>`.
    pub place: String,
    /// Its name, e.g. `isotropic-gaussians`; empty for a table of which there is one kind.
    pub name: String,
    /// What it is.
    pub meaning: String,
    /// Its keys: (name, meaning, default if it has one).
    pub keys: Vec<(String, String, Option<String>)>,
}

/// Everything that exists, with its keys, from the types.
pub fn kinds() -> Vec<Kind> {
    Schema::of_scenarios().kinds()
}
