//! Residual networks, their limits and networks beside them as systems; what they report is in
//! `crate::residual::observation`.

pub mod coupled;
pub mod fluctuating;
pub mod limit;
pub mod network;
