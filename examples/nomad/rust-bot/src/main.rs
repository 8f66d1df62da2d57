//! A Discord bot that reminds people. It opens no port: it only talks to Discord.

use std::env;

use serenity::all::{Client, Context, EventHandler, GatewayIntents, Message};
use serenity::async_trait;

struct Reminder {
    prefix: String,
}

#[async_trait]
impl EventHandler for Reminder {
    async fn message(&self, context: Context, message: Message) {
        if message.content.starts_with(&self.prefix) {
            let _ = message.channel_id.say(&context.http, "noted").await;
        }
    }
}

#[tokio::main]
async fn main() {
    let token = env::var("DISCORD_TOKEN").expect("DISCORD_TOKEN is not set");
    let prefix = env::var("BOT_PREFIX").unwrap_or_else(|_| "!remind".to_string());
    let intents = GatewayIntents::GUILD_MESSAGES | GatewayIntents::MESSAGE_CONTENT;
    let mut client = Client::builder(&token, intents)
        .event_handler(Reminder { prefix })
        .await
        .expect("the client can't be made");
    client.start().await.expect("the connection broke");
}
