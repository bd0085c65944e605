//! Sends a message to a webhook.

use crate::{Webhook, web};

/// Sends a JSON message once, and waits for the answer for up to five seconds.
///
/// # Errors
/// Why it was not taken, in words that do not show the address.
pub async fn send_to_webhook(webhook: &Webhook, body: Vec<u8>) -> Result<(), String> {
    web::post(webhook.address(), body).await
}
