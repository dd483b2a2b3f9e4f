<?php
// The test blog's settings. Where it lives comes from the environment of the process that runs it.
define('DB_NAME', 'blog');
define('DB_USER', 'blog');
define('DB_PASSWORD', 'blog');
define('DB_HOST', 'localhost:' . getenv('BLOG_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
$table_prefix = 'wp_';

foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $use) {
    define($use . '_KEY', hash('sha256', $use . ' key of a blog that lives for one test run'));
    define($use . '_SALT', hash('sha256', $use . ' salt of a blog that lives for one test run'));
}

define('WP_HOME', getenv('BLOG_URL'));
define('WP_SITEURL', getenv('BLOG_URL'));
define('WP_DEFAULT_THEME', 'twentytwentyone');
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without https
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
