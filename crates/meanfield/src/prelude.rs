//! What most programs that use this library name.

pub use crate::{Error, Observer, Options, Recorded, Session, Source, Task};

pub use meanfield_compare::distance::Distance;
pub use meanfield_model::activation::{Activation, PiecewiseLinear};
pub use meanfield_model::axis::Axis;
pub use meanfield_model::data::{BlockClasses, GaussianClasses};
pub use meanfield_model::initial::Initial;
pub use meanfield_model::landscape::Landscape;
pub use meanfield_model::loss::Loss;
pub use meanfield_model::measure::Measure;
pub use meanfield_run::drive::{Plan, drive};
pub use meanfield_run::record::Record;
pub use meanfield_run::system::System;
pub use meanfield_solver::finite_volume::FiniteVolume;
pub use meanfield_solver::grid::Grid;
