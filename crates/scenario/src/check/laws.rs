//! Claims on exponents: names that must exist, keys that must be varied over enough values, seeds enough for
//! errors. What is refused here would fail only after everything has run.

use meanfield_run::record::Nature;
use meanfield_run::scaled::{self, ScaledQuantity};

use super::claims;
use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::mistakes::suggestion;
use crate::setting::Outline;
use crate::stated::LawKeys;
use crate::typed::Step;
use crate::vary::{Candidate, Varied};

/// Most laws: each is fitted a thousand times and has a panel of its own.
const MOST_LAWS: usize = 24;
/// Fewest values of the key: through two points there is always a power.
const FEWEST_VALUES: usize = 3;
/// Fewest seeds from which errors can be resampled.
const FEWEST_SEEDS: usize = 4;
/// The name of the group of a record that has the laws.
const LAWS: &str = "laws";

/// The path of a key of law number `position`.
fn path(position: usize, key: &str) -> [Step; 4] {
    ["compare".into(), "law".into(), position.into(), key.into()]
}

/// The claims on exponents of a file.
fn laws(file: &ScenarioFile) -> &[LawKeys] {
    file.compare.as_ref().map_or(&[], |compare| &compare.laws)
}

/// Checks what does not depend on the varied keys.
pub(super) fn check(file: &ScenarioFile, outline: &Outline, sweep: bool, complaints: &mut Complaints) {
    let all = laws(file);
    if all.len() > MOST_LAWS {
        let message = format!("there are {} laws, more than {MOST_LAWS}", all.len());
        return complaints.add(["compare", "law"], message, "make several scenarios of it");
    }
    if !all.is_empty() && file.systems.contains_key(LAWS) {
        let message = "a system cannot be called \"laws\" beside [[compare.law]]: the record has them there";
        complaints.add(["systems", LAWS], message, "call the system something else");
    }
    for (position, law) in all.iter().enumerate() {
        let law = CheckedLaw { file, outline, law, position };
        law.system(complaints);
        law.numbers(complaints);
        if complaints.section(|complaints| law.quantity(complaints)).1 {
            law.time(sweep, complaints);
        }
    }
}

/// A law being checked.
struct CheckedLaw<'a> {
    file: &'a ScenarioFile,
    outline: &'a Outline,
    law: &'a LawKeys,
    position: usize,
}

impl CheckedLaw<'_> {
    fn path(&self, key: &str) -> [Step; 4] {
        path(self.position, key)
    }

    /// A network over several seeds.
    fn system(&self, complaints: &mut Complaints) {
        let name = &self.law.system;
        let networks = self.file.systems.iter().filter(|(_, system)| system.nature() == Nature::Network);
        let networks: Vec<&str> = networks.map(|(name, _)| name.as_str()).collect();
        let path = self.path("system");
        let Some(system) = self.file.systems.get(name) else {
            let message = format!("the law is about \"{name}\", which is no system of this scenario");
            return complaints.add(path, message, &suggestion(name, networks));
        };
        if self.file.compare.as_ref().is_some_and(|compare| compare.reference == *name) {
            let message = "the law is about the reference itself, from which nothing of it differs";
            return complaints.add(path, message, &suggestion("", networks));
        }
        let seeds = system.kind().run_count();
        if system.nature() != Nature::Network {
            let message = format!("the law is about \"{name}\", which has no seeds: it is no network");
            complaints.add(path, message, &suggestion("", networks));
        } else if seeds < FEWEST_SEEDS {
            let message = format!(
                "\"{name}\" has {seeds} seeds, and a law needs {FEWEST_SEEDS}: its errors are their scatter"
            );
            complaints.add(path, message, "write more `seeds`; 64 make a spread known to 9 %");
        }
    }

    fn numbers(&self, complaints: &mut Complaints) {
        let LawKeys { exponent, within, alone, .. } = self.law;
        if !(within.is_finite() && *within > 0.0) {
            let message = format!("`within` must be a positive number; it is {within:?}");
            complaints.add(self.path("within"), message, "write e.g. within = 0.1");
        }
        // Of several parts one that does not depend on the key could not be told from the others.
        if !(exponent.is_finite() && exponent.abs() <= 4.0 && (*alone || *exponent != 0.0)) {
            let message = format!("`exponent` must lie between -4 and 4, and not be 0; it is {exponent:?}");
            complaints.add(
                self.path("exponent"),
                message,
                "write e.g. -1 for a bias ~ 1/N; 0 beside alone = true",
            );
        }
    }

    fn quantity(&self, complaints: &mut Complaints) {
        let Some(coordinates) = self.outline.coordinates else { return };
        let known = scaled::names(&coordinates.names(), self.outline.layers);
        if !known.contains(&self.law.quantity) {
            let name = &self.law.quantity;
            let message = format!("nothing that a law can be claimed of is called \"{name}\"");
            let help = suggestion(name, known.iter().map(String::as_str));
            complaints.add(self.path("quantity"), message, &help);
        }
        let reference = self.file.compare.as_ref().map_or("", |compare| compare.reference.as_str());
        let systems = [self.law.system.as_str(), reference];
        let lacking = claims::without_joint_law(self.file, self.outline, &self.law.quantity, systems);
        if let Some(system) = lacking {
            let (message, help) = claims::lack_of_joint_law(&self.law.quantity, system);
            complaints.add(self.path("quantity"), message, help);
        }
        self.coupling(complaints);
    }

    /// Distances of neurons from their copies, which a coupled network alone reports.
    fn coupling(&self, complaints: &mut Complaints) {
        let LawKeys { system, quantity, at, .. } = self.law;
        if !ScaledQuantity::named(quantity).is_some_and(|quantity| quantity.is_coupled()) {
            return;
        }
        let is_reported = self.file.systems.get(system).is_none_or(|system| system.kind().is_coupled());
        if !is_reported {
            let message =
                format!("\"{system}\" does not report `{quantity}`: it is not coupled to its limit");
            let help = format!("write [systems.{system}.coupled-network]");
            complaints.add(self.path("quantity"), message, &help);
        } else if *at == Some(0.0) {
            let message = format!("`{quantity}` is 0 at t = 0, where neurons and their copies begin");
            complaints.add(self.path("at"), message, "take a later time that is observed");
        }
    }

    /// The time is observed; laws are recorded at some of the times only.
    fn time(&self, sweep: bool, complaints: &mut Complaints) {
        let LawKeys { at, quantity, .. } = self.law;
        let end = self.file.dynamics.end_time;
        let is_distance = ScaledQuantity::named(quantity).is_some_and(|quantity| quantity.is_distance());
        let snapshots = self.file.observe.snapshots.values();
        if let Some(at) = at.filter(|at| self.outline.has_times && !(*at >= 0.0 && *at <= end)) {
            let message = format!("`at` must lie between 0 and the end time {end:?}; it is {at:?}");
            complaints.add(self.path("at"), message, "leave it out for the last time");
        } else if is_distance && sweep {
            let message = format!("a sweep keeps no laws, so that nothing is known of `{quantity}`");
            let help = "take a curve, e.g. mean_radius_error, or use meanfield run with [vary]";
            complaints.add(self.path("quantity"), message, help);
        } else if is_distance && snapshots.is_empty() {
            let message = format!("`{quantity}` is of laws, and no `snapshots` are recorded");
            complaints.add(self.path("quantity"), message, "add a time to observe.snapshots");
        } else if let Some(at) = at.filter(|at| is_distance && !snapshots.contains(at)) {
            let message = format!("`{quantity}` is of laws, and {at:?} is none of `snapshots`");
            complaints.add(self.path("at"), message, "add it to observe.snapshots, or leave `at` out");
        }
    }
}

/// Checks the key that each law is over, and the other keys that its system depends on.
pub(super) fn varied_keys(candidates: &[Candidate], varied: &[Varied], complaints: &mut Complaints) {
    let Some(file) = candidates.first().map(|candidate| &candidate.file) else { return };
    for (position, law) in laws(file).iter().enumerate() {
        let keys: Vec<String> = varied.iter().map(Varied::key).collect();
        let Some(own) = varied.iter().find(|key| key.key() == law.over) else {
            let (message, help) = not_varied(law, &keys);
            complaints.add(path(position, "over"), message, &help);
            continue;
        };
        values(law, own, position, complaints);
        let reference = file.compare.as_ref().map_or("", |compare| compare.reference.as_str());
        list_others(law, reference, &keys, position, complaints);
    }
}

/// The complaint that a key is not varied, and what to write instead.
fn not_varied(law: &LawKeys, keys: &[String]) -> (String, String) {
    let over = &law.over;
    match keys.is_empty() {
        true => {
            let system = &law.system;
            let message = format!("the law is over \"{over}\", and nothing is varied");
            let help =
                format!("add [vary] with e.g. systems.{system}.finite-network.neurons = [50, 100, 200]");
            (message, help)
        }
        false => {
            let message = format!("the law is over \"{over}\", which is no key of [vary]");
            (message, suggestion(over, keys.iter().map(String::as_str)))
        }
    }
}

/// Enough values, all of them positive.
fn values(law: &LawKeys, own: &Varied, position: usize, complaints: &mut Complaints) {
    let numbers = own.numbers();
    let over = &law.over;
    if numbers.len() < FEWEST_VALUES {
        let count = numbers.len();
        let message = format!("`{over}` has {count} values, and an exponent needs {FEWEST_VALUES} or more");
        complaints.add(path(position, "over"), message, "vary it over more values, e.g. [50, 100, 200, 400]");
    }
    if let Some(value) = numbers.iter().find(|value| **value <= 0.0) {
        let message = format!("`{over}` is varied over {value:?}, of which there is no power");
        complaints.add(path(position, "over"), message, "vary it over positive values");
    }
}

/// Only two parts can be told apart: that of N and that of ε.
fn list_others(
    law: &LawKeys,
    reference: &str,
    keys: &[String],
    position: usize,
    complaints: &mut Complaints,
) {
    let concerns = |key: &&String, system: &str| {
        key.strip_prefix("systems.").is_none_or(|rest| rest.split('.').next() == Some(system))
    };
    if !concerns(&&law.over, &law.system) {
        let message = format!("`{}` is no key of \"{}\", which does not depend on it", law.over, law.system);
        let help = "take a key of that system, or of the model";
        return complaints.add(path(position, "over"), message, help);
    }
    let is_split = |key: &str| key.ends_with(".neurons") || key.ends_with(".step-size");
    let mut own = keys.iter().filter(|key| concerns(key, &law.system) || concerns(key, reference));
    let other = own.find(|key| **key != law.over && !(is_split(key) && is_split(&law.over)));
    if let Some(other) = other {
        let message = format!(
            "a law tells apart the parts of `neurons` and `step-size` alone, and `{other}` is varied too"
        );
        complaints.add(path(position, "over"), message, "vary the other key in a scenario of its own");
    }
}
