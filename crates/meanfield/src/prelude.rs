//! What most programs that use this library name. The kinds of systems go by the names that
//! scenarios give them.

pub use crate::{Error, Observer, Options, Recorded, Session, Source, Task, solve};

pub use meanfield_compare::distance::Distance;
pub use meanfield_compare::judge::compare;
pub use meanfield_model::activation::{Activation, PiecewiseLinear};
pub use meanfield_model::data::{BlockClasses, GaussianClasses};
pub use meanfield_model::initial::Initial;
pub use meanfield_model::landscape::Landscape;
pub use meanfield_model::loss::Loss;
pub use meanfield_model::measure::Measure;
pub use meanfield_model::problem::{Bath, Problem};
pub use meanfield_run::drive::{Identity, Plan, drive};
pub use meanfield_run::record::Record;
pub use meanfield_run::schedule::Schedule;
pub use meanfield_run::system::System;
pub use meanfield_scenario::study::Study;
pub use meanfield_scenario::systems::characteristics::keys::CharacteristicsKeys as Characteristics;
pub use meanfield_scenario::systems::finite_network::keys::FiniteNetworkKeys as FiniteNetwork;
pub use meanfield_scenario::systems::finite_volume::keys::FiniteVolumeKeys as FiniteVolume;
pub use meanfield_scenario::systems::jko::JkoKeys as Jko;
pub use meanfield_scenario::systems::landscape::keys::LandscapeKeys as LandscapeSystem;
