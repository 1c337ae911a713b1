//! The comparison: names that must exist, and spans of time in which something must be observed. What is
//! refused here would fail only after everything has run. (Contents of figures: `figures`.)

use meanfield_model::coordinates::Coordinates;
use meanfield_run::quantities::{self, FREE_ENERGY, OVERLAP, PREDICTED_BAND, RISK_BEYOND_BIAS};
use meanfield_run::quantity::{COORDINATE, Quantity};
use meanfield_run::record::Nature;

use super::classification;
use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::jobs::overlap_of;
use crate::mistakes::suggestion;
use crate::setting::Outline;
use crate::stated::{ClaimKeys, Compare};
use crate::typed::Step;

/// Most claims: each is judged, printed and drawn.
const MOST_CLAIMS: usize = 1000;

/// Checks the comparison.
pub(super) fn check(file: &ScenarioFile, outline: &Outline, sweep: bool, complaints: &mut Complaints) {
    let Some(compare) = &file.compare else { return };
    let count = compare.claims.len();
    if count > MOST_CLAIMS {
        let message = format!("there are {count} claims, more than {MOST_CLAIMS}");
        return complaints.add(["compare", "claim"], message, "make several scenarios of it");
    }
    if !file.systems.contains_key(&compare.reference) {
        let message = format!("the reference \"{}\" is no system of this scenario", compare.reference);
        let help = suggestion(&compare.reference, names(file));
        complaints.add(["compare", "reference"], message, &help);
    }
    let patterns = quantities::in_claims(outline.layers);
    for (position, claim) in compare.claims.iter().enumerate() {
        let claim = Checked { file, outline, compare, claim, position };
        if !complaints.section(|complaints| claim.form(complaints)).1 {
            continue;
        }
        let known = complaints.section(|complaints| claim.names(&patterns, complaints)).1;
        let numbers = complaints.section(|complaints| claim.numbers(complaints)).1;
        if known && numbers && complaints.is_empty() {
            claim.observed(sweep, complaints);
        }
    }
}

/// The names that patterns stand for in this scenario: `mean_<coordinate>` is one for each coordinate that
/// its model has, and a joint distance is of several. None if it has no coordinates that are known, which is
/// complained of elsewhere.
pub(super) fn expanded(outline: &Outline, patterns: &[String]) -> Option<Vec<String>> {
    let coordinates = outline.coordinates?.names();
    Some(
        patterns
            .iter()
            .filter(|name| coordinates.len() > 1 || !is_joint(name))
            .flat_map(|name: &String| match name.contains(COORDINATE) {
                true => coordinates.iter().map(|coordinate| name.replace(COORDINATE, coordinate)).collect(),
                false => vec![name.clone()],
            })
            .collect(),
    )
}

/// Whether a system has a law; one that is not known is reported elsewhere.
fn has_law(file: &ScenarioFile, outline: &Outline, system: &str) -> bool {
    let has_layers = outline.layers.is_some();
    file.systems.get(system).is_none_or(|system| system.kind().has_law(has_layers))
}

/// Whether this is the name of a distance of laws of all coordinates together.
fn is_joint(name: &str) -> bool {
    quantities::known(name).is_some_and(Quantity::is_joint)
}

/// The first of two systems that records the laws of pairs of coordinates alone, where a name is that of a
/// distance of all together.
pub(super) fn without_joint_law<'a>(
    file: &ScenarioFile,
    outline: &Outline,
    quantity: &str,
    systems: [&'a str; 2],
) -> Option<&'a str> {
    let coordinates = outline.coordinates?.names().len();
    let lacks = |name: &&str| {
        let system = file.systems.get(*name);
        system.is_some_and(|system| !system.kind().records_joint_law(coordinates))
    };
    systems.into_iter().filter(|_| is_joint(quantity)).find(lacks)
}

/// The message and the help about such a system.
pub(super) fn lack_of_joint_law(quantity: &str, system: &str) -> (String, &'static str) {
    let message =
        format!("`{quantity}` is of all coordinates together, and \"{system}\" records their pairs alone");
    (message, "compare networks with characteristics, or claim a distance of one coordinate")
}

/// A value of a key, to show how it is written.
fn example(key: &str) -> &'static str {
    if key == "within" { "0.03" } else { "3" }
}

fn names(file: &ScenarioFile) -> impl Iterator<Item = &str> {
    file.systems.keys().map(String::as_str)
}

/// A claim being checked.
struct Checked<'a> {
    file: &'a ScenarioFile,
    outline: &'a Outline,
    compare: &'a Compare,
    claim: &'a ClaimKeys,
    position: usize,
}

impl Checked<'_> {
    /// Whether the system that is judged, or the reference, is of this nature.
    fn is_about(&self, nature: Nature) -> bool {
        let systems = [&self.claim.system, &self.compare.reference];
        let mut there = systems.into_iter().filter_map(|name| self.file.systems.get(name));
        there.any(|system| system.nature() == nature)
    }

    fn place(&self) -> [Step; 3] {
        ["compare".into(), "claim".into(), self.position.into()]
    }

    fn path(&self, key: &str) -> [Step; 4] {
        ["compare".into(), "claim".into(), self.position.into(), key.into()]
    }

    fn names(&self, patterns: &[String], complaints: &mut Complaints) {
        let Self { file, outline, compare, claim, .. } = self;
        if claim.system == compare.reference {
            let others = names(file).filter(|name| *name != compare.reference);
            let message = "the claim is about the reference itself, which would hold whatever happens";
            complaints.add(self.path("system"), message, &suggestion("", others));
        } else if !file.systems.contains_key(&claim.system) {
            let message =
                format!("the claim is about \"{}\", which is no system of this scenario", claim.system);
            complaints.add(self.path("system"), message, &suggestion(&claim.system, names(file)));
        }
        if self.is_predicted() {
            self.has_prediction(complaints);
        }
        if self.is_predicted()
            && let Some(until) = self.bias_ends_before_claim()
        {
            let message = format!(
                "the claim needs b and c until t = {:?}, and the reference computes them until t = {until:?}",
                self.span().1
            );
            let kind = match outline.is_noisy {
                _ if self.is_layered() => "mean-field",
                true => "finite-volume",
                false => "characteristics",
            };
            let help = format!(
                "raise `fluctuations-until` of the reference, a system of kind {kind}, or end the claim \
                 earlier"
            );
            complaints.add(self.path(self.what()), message, &help);
        }
        if claim.judged() == FREE_ENERGY.name && self.is_about(Nature::Network) {
            let message = "the free energy of a network is not known: that of atoms is infinite";
            complaints.add(
                self.path("quantity"),
                message,
                "claim it of the PDE and a landscape, or claim `risk`",
            );
        }
        if classification::is_off(file, claim.judged()) {
            let message = "no system reports its classification error";
            complaints.add(self.path("quantity"), message, "write classification-error = true in [observe]");
        }
        self.has_overlap(complaints);
        let known = expanded(outline, patterns);
        if let Some(known) = known.filter(|known| !known.iter().any(|name| name == claim.judged())) {
            let message = format!("nothing that can be claimed here is called \"{}\"", claim.judged());
            let help = suggestion(claim.judged(), known.iter().map(String::as_str));
            complaints.add(self.path("quantity"), message, &help);
        }
    }

    /// Notes a claim about an overlap where there is no direction, or a system that does not know it.
    fn has_overlap(&self, complaints: &mut Complaints) {
        let Some(coordinates) = self.outline.coordinates.filter(|_| self.claim.judged() == OVERLAP.name)
        else {
            return;
        };
        let names = [&self.claim.system, &self.compare.reference];
        let kinds = names.into_iter().filter_map(|name| Some((name, self.file.systems.get(name)?)));
        let without = kinds.into_iter().find(|(_, system)| overlap_of(system.kind(), coordinates).is_none());
        if let Some((name, _)) = without {
            let message = format!("\"{name}\" has no overlap with directions: there are none, or too many");
            let help = "claim another quantity, or take characteristics in place of finite-volume";
            complaints.add(self.path("quantity"), message, help);
        }
    }

    /// Whether the model has layers, of its own words.
    fn is_layered(&self) -> bool {
        self.outline.layers.is_some()
    }

    /// Notes a claim about networks of which nothing is predicted.
    fn has_prediction(&self, complaints: &mut Complaints) {
        let outline = self.outline;
        let help = "claim quantity = \"risk\" instead, with room for both in `within`";
        let is_radius = matches!(outline.coordinates, None | Some(Coordinates::Radius));
        if !self.is_layered() && outline.is_noisy && !is_radius {
            let message = "with noise, what N and ε do to networks is predicted for neurons σ(⟨w, x⟩) and \
                           isotropic data alone";
            complaints.add(self.path(self.what()), message, help);
        }
        let system = self.file.systems.get(&self.claim.system);
        if system.is_some_and(|system| system.kind().is_lazy()) {
            let message = "what N and ε do to networks is predicted in the mean-field scaling alone";
            complaints.add(self.path(self.what()), message, help);
        }
        if self.is_layered()
            && let Some(reason) = system.and_then(|system| system.kind().lack_of_prediction())
        {
            let message = format!("nothing is predicted of \"{}\": {reason}", self.claim.system);
            complaints.add(self.path(self.what()), message, help);
        }
    }

    /// Until when the reference computes b(t), if that is before the claim ends.
    fn bias_ends_before_claim(&self) -> Option<f64> {
        let until = self.file.systems.get(&self.compare.reference)?.kind().fluctuations_until();
        (until < self.span().1).then_some(until)
    }

    /// Whether it rests on what the reference predicts of networks.
    fn is_predicted(&self) -> bool {
        [RISK_BEYOND_BIAS, PREDICTED_BAND].iter().any(|quantity| quantity.name == self.claim.judged())
    }

    /// The key that says what is claimed.
    fn what(&self) -> &'static str {
        if self.claim.predicted_band.is_some() { "predicted-band" } else { "quantity" }
    }

    /// Notes a claim that is not of one form: a quantity with a tolerance, or a band.
    fn form(&self, complaints: &mut Complaints) {
        let ClaimKeys { quantity, within, predicted_band, .. } = self.claim;
        let help = "write quantity = \"risk\" and within = 0.03, say, or predicted-band = 3";
        match (predicted_band, quantity, within) {
            (None, None, _) => complaints.add(self.place(), "the claim lacks `quantity`", help),
            (None, _, None) => complaints.add(self.place(), "the claim lacks `within`", help),
            (Some(_), None, None) | (None, Some(_), Some(_)) => {}
            _ => {
                let message = "`predicted-band` stands in place of `quantity` and `within`";
                complaints.add(self.path("predicted-band"), message, help);
            }
        }
    }

    fn span(&self) -> (f64, f64) {
        (self.claim.from.unwrap_or(0.0), self.claim.until.unwrap_or(self.file.dynamics.end_time))
    }

    fn numbers(&self, complaints: &mut Complaints) {
        let within = self.claim.allowed();
        let key = if self.claim.predicted_band.is_some() { "predicted-band" } else { "within" };
        if !(within > 0.0 && within.is_finite()) {
            let message = format!("`{key}` must be a positive number; it is {within:?}");
            complaints.add(self.path(key), message, &format!("write e.g. {key} = {}", example(key)));
        }
        let (from, until) = self.span();
        let end = self.file.dynamics.end_time;
        if self.outline.has_times && !(from >= 0.0 && from <= until && until <= end) {
            let key =
                if (0.0..=end).contains(&from) && self.claim.until.is_some() { "until" } else { "from" };
            let message = format!(
                "the claim spans t from {from:?} until {until:?}, which is not between 0 and the end \
                 time {end:?}"
            );
            complaints.add(self.path(key), message, "leave out `from` and `until` for the whole run");
        }
    }

    /// A law must be recorded in the span of a claim about laws; curves are always observed at both of its
    /// ends.
    /// (Where a network's steps move a time a little, the comparison knows.)
    fn observed(&self, sweep: bool, complaints: &mut Complaints) {
        let Some(quantity) = quantities::known(self.claim.judged()) else { return };
        let systems = [self.claim.system.as_str(), self.compare.reference.as_str()];
        let without_law = systems.iter().find(|name| !has_law(self.file, self.outline, name));
        let is_of_law = quantity.is_distance() || quantity.statistic.is_some();
        if let Some(system) = without_law.filter(|_| is_of_law) {
            let message = format!("\"{system}\" has no law, and so no `{}`", self.claim.judged());
            return complaints.add(self.path("quantity"), message, "claim the risk");
        }
        if !quantity.is_distance() {
            return;
        }
        if let Some(system) = without_joint_law(self.file, self.outline, self.claim.judged(), systems) {
            let (message, help) = lack_of_joint_law(self.claim.judged(), system);
            return complaints.add(self.path("quantity"), message, help);
        }
        let (from, until) = self.span();
        let all = self.file.observe.snapshots.values();
        // A static system is observed at the end only.
        let still = self.is_about(Nature::Static);
        let times = if still { &all[all.len().saturating_sub(1)..] } else { all };
        if sweep {
            let message =
                format!("a sweep keeps no laws, so that nothing is known of `{}`", self.claim.judged());
            let help = "claim a curve, e.g. risk, or use meanfield run with [vary]";
            complaints.add(self.path("quantity"), message, help);
        } else if !times.iter().any(|time| (from..=until).contains(time)) {
            let only =
                if still { "beside a landscape laws are compared at the last snapshot alone: " } else { "" };
            let message =
                format!("{only}none of `snapshots` lies in the claim's span, from {from:?} until {until:?}");
            let help = "add a time to observe.snapshots, or widen the span";
            complaints.add(self.path("quantity"), message, help);
        }
    }
}
