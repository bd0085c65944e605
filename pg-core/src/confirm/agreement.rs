//! Work of many statements and transactions that is confirmed once, as a whole, before it begins.
//!
//! Separate from a change that is run, counted and rolled back: such work is too long to be tried, so what is shown is its
//! plan. Invariant: the calls that come of it may write on that one connection, and nothing else is taken as confirmed.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Confirmation, Pass, Person, Preview, by_person};
use crate::{Call, Connection, Error, audit::hex};

/// What somebody is to agree to.
#[derive(Debug)]
pub struct Agreement<'a> {
    /// The operation.
    pub operation: &'static str,
    /// The statements that stand for what will run: the policy says whether one of them must be confirmed.
    pub statements: Vec<String>,
    /// Everything that decides over what is done: the code is good for exactly this.
    pub options: Value,
    /// About how many rows will be written.
    pub rows: u64,
    /// What will be done, in words.
    pub plan: Vec<String>,
    /// The code that the caller gave.
    pub confirm: Option<&'a str>,
}

impl Agreement<'_> {
    /// The call under which the work may run, once the policy of the connection has what it wants.
    ///
    /// # Errors
    /// [`Error::ConfirmationNeeded`]; [`Error::Declined`]; [`Error::Refused`] for a statement that may not run at all; what
    /// an unknown or spent code gives.
    pub async fn ask(self, call: &Call, connection: &Connection) -> Result<Call, Error> {
        let agreed = call.agreed_on(connection.id());
        let mut needed = false;
        for text in &self.statements {
            let vetted = connection.vet(&agreed, text).await?;
            needed |= connection.needs_confirmation(&vetted, text).is_some();
        }
        if !needed {
            return Ok(agreed);
        }
        let whole = json!([
            self.operation,
            connection.id(),
            connection.settings().map(|settings| settings.describe()),
            connection.access().to_string(),
            format!("{:?}", connection.confirmation()),
            self.statements,
            self.options,
        ]);
        let binding = hex(&Sha256::digest(whole.to_string()));
        let codes = call.service().codes();
        let told = match (self.confirm, call.person()) {
            (Some(code), _) => Some(codes.take(code, &binding)),
            (None, Person::BetweenCalls(Some(Pass(pass)))) => Some(codes.take(pass, &by_person(&binding))),
            _ => None,
        };
        if let Some(told) = told {
            told.map_err(|error| error.on(connection.id()))?;
            return Ok(agreed);
        }
        let options = connection.confirmation();
        let mut confirmation = Confirmation {
            reason: "the policy of this connection wants such changes confirmed".to_owned(),
            preview: Preview::told(self.rows, self.plan),
            code: None,
            expires_in_s: None,
            pass: None,
        };
        let asker = match call.person() {
            Person::Now(asker) if !asker.assumes_yes() || options.assume_yes => asker,
            Person::BetweenCalls(_) => {
                confirmation.pass =
                    Some(Pass(codes.give(by_person(&binding), Vec::new(), options.expiry)?));
                return Err(Error::ConfirmationNeeded(Box::new(confirmation)).on(connection.id()));
            }
            Person::Now(_) | Person::Unreachable => {
                if !options.person {
                    confirmation.code = Some(codes.give(binding, Vec::new(), options.expiry)?);
                    confirmation.expires_in_s = Some(options.expiry.as_secs());
                }
                return Err(Error::ConfirmationNeeded(Box::new(confirmation)).on(connection.id()));
            }
        };
        let yes = tokio::select! {
            yes = asker.confirm(connection.id(), &confirmation) => yes,
            () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        };
        if yes { Ok(agreed) } else { Err(Error::Declined) }
    }
}
