//! Errors of a comparison. A claim that does not hold is a verdict, not an error.

/// Errors of a comparison.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// A claim on the reference itself, which would hold whatever happens.
    #[error("a claim is made on {0:?}, which is the reference itself; claim something of another system")]
    ClaimOnReference(String),
    /// A claim on a quantity that the two do not share.
    #[error(
        "a claim is made on {quantity:?} of {system:?}; what it shares with the reference is {}",
        .known.join(", ")
    )]
    UnknownQuantity {
        /// The system.
        system: String,
        /// Name in the claim.
        quantity: String,
        /// Names of the quantities that both report.
        known: Vec<String>,
    },
    /// Two records of different scenarios.
    #[error("{system:?} was not run at {place}, where another system was")]
    NotThere {
        /// The system.
        system: String,
        /// The point, in words.
        place: String,
    },
}
