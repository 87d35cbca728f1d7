//! How good the line is: the same small request again and again, over one connection.

use super::Room;
use helper_core::doctor::{Line, Place, Probe, Role};
use reqwest::{Client, Url};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How often.
const COUNT: usize = 10;
/// An answer that takes longer is lost.
const LOST: Duration = Duration::from_secs(3);

impl Room {
    /// Measures the line if nobody does: to a mirror, or to the status page where no mirror is on the web.
    pub(super) async fn line_to(&self, client: &Client, url: &Url, probe: &Probe) {
        let on_web = |role| {
            let mut targets = self.order.targets.iter();
            targets.any(|target| target.role == role && matches!(target.place, Place::Web(_)))
        };
        let wanted = if on_web(Role::Mirror) { Role::Mirror } else { Role::StatusPage };
        if probe.target.role != wanted {
            return;
        }
        {
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            if line.is_some() {
                return;
            }
            // The connection was a round trip as well.
            *line = Some(Line { round_trips: probe.connected_ms.into_iter().collect(), failures: 0 });
        }
        for _ in 0..COUNT {
            let begun = Instant::now();
            let answer = timeout(LOST, whole(client, url)).await;
            let milliseconds = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(line) = line.as_mut() else { return };
            match answer {
                Ok(Ok(())) => line.round_trips.push(milliseconds),
                Ok(Err(_)) | Err(_) => line.failures += 1,
            }
        }
    }
}

/// One request to the end of its answer.
async fn whole(client: &Client, url: &Url) -> reqwest::Result<()> {
    let mut response = client.get(url.clone()).send().await?;
    while response.chunk().await?.is_some() {}
    Ok(())
}
