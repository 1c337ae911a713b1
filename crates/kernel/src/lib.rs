//! The numerics floor: operations on slices of numbers that more than one crate needs, each written once.
//!
//! Vectors of an instruction set chosen at run time ([`lanes`], [`part`], [`shift`], [`arithmetic`]), buffers
//! that begin at cache lines ([`aligned`]), hints on which memory comes next ([`prefetch`]), sums and
//! extremes ([`reduction`], [`dot`]), bisection ([`bisection`]),
//! interpolation ([`lagrange`]). In which order a sum is taken is part of
//! what each function promises: results are the same bits wherever it is called from.
//!
//! This crate knows no other of the workspace: no grid, no law, no data, no network.

pub mod aligned;
pub mod arithmetic;
pub mod bisection;
pub mod dot;
pub mod lagrange;
pub mod lanes;
pub mod part;
pub mod prefetch;
pub mod reduction;
pub mod shift;
pub mod tanh;
