<?php
// Installs the blog with its administrator; prints the administrator's application password.
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('The association', 'admin', 'admin@example.org', true, '', 'correct horse battery staple');
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%day%/%postname%/');
$wp_rewrite->flush_rules(false);
update_option('comment_previously_approved', 0);
update_option('show_avatars', 0); // they come from another machine
[$password] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'tests']);
echo $password;
