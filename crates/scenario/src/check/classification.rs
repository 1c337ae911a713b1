//! The switch `observe.classification-error`: whether labels are of two signs, and every system can tell what
//! its law makes of them.

use meanfield_model::classification::ClassificationError;
use meanfield_run::quantities::CLASSIFICATION_ERROR;
use meanfield_run::record::Nature;

use crate::complaints::Complaints;
use crate::cost::seconds_of_classification;
use crate::file::ScenarioFile;
use crate::setting::Setting;
use crate::systems::SystemKind;

/// CPU seconds of one observation that are refused.
const LONGEST: f64 = 300.0;

/// The key.
pub(super) const SWITCH: [&str; 2] = ["observe", "classification-error"];

/// Notes what stands against the switch in a model of two-layer networks.
pub(super) fn check(file: &ScenarioFile, setting: Option<&Setting>, complaints: &mut Complaints) {
    let Some(setting) = setting.filter(|_| file.observe.classification_error) else { return };
    let lazy =
        file.systems.iter().find(|(_, system)| system.kind().is_lazy() && system.nature() != Nature::Network);
    if let Some((name, _)) = lazy {
        let message = format!("outputs of \"{name}\" are not those of its law: they are α (f − f_0)");
        complaints.add(SWITCH, message, "leave it out, or take systems in the mean-field scaling");
    }
    if let Err(error) = ClassificationError::new(&setting.problem) {
        return complaints.add(SWITCH, error.to_string(), "leave it out");
    }
    let without = file.systems.iter().find(|(_, system)| {
        let kind = system.kind();
        kind.nature() != Nature::Network && !kind.knows_joint_law(setting.coordinates())
    });
    if let Some((name, _)) = without {
        let message = format!(
            "\"{name}\" knows the laws of pairs of coordinates alone, and the error is of all \
             coordinates together"
        );
        complaints.add(SWITCH, message, &format!("leave it out, or take \"{name}\" out"));
    }
    check_cost(file, setting, complaints);
}

/// Notes laws of so many points that one observation would take long: nothing could stop it.
fn check_cost(file: &ScenarioFile, setting: &Setting, complaints: &mut Complaints) {
    let seconds = |system: &SystemKind| {
        let kind = system.kind().of_two_layers();
        kind.map_or(0.0, |kind| seconds_of_classification(kind, setting))
    };
    let mut each = file.systems.iter().map(|(name, system)| (name, seconds(system)));
    if let Some((name, seconds)) = each.find(|(_, seconds)| *seconds > LONGEST) {
        let message = format!(
            "the error of \"{name}\" would take {:.0} CPU minutes at each time that is observed: so many \
             points of its law, each at so many inputs",
            seconds / 60.0
        );
        complaints.add(SWITCH, message, "leave it out, or take fewer cells or atoms there");
    }
}

/// Notes the switch in a model of networks on points of data.
pub(super) fn refuse(file: &ScenarioFile, complaints: &mut Complaints) {
    let message = "the classification error is of two-layer networks, and this model has layers";
    complaints.unless(!file.observe.classification_error, &SWITCH, message, "leave it out");
}

/// Whether a quantity is there only with the switch, which is off.
pub(super) fn is_off(file: &ScenarioFile, quantity: &str) -> bool {
    quantity == CLASSIFICATION_ERROR.name && !file.observe.classification_error
}
