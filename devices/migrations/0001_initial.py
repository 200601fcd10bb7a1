import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=20, unique=True, verbose_name='serial number')),
                ('state', models.CharField(choices=[('in_stock', 'in stock'), ('claimed', 'claimed'), ('blocked', 'blocked'), ('retired', 'retired')], default='in_stock', max_length=8, verbose_name='state')),
                ('name', models.CharField(blank=True, max_length=127, verbose_name='name')),
                ('claim', models.UUIDField(blank=True, null=True, unique=True, verbose_name='current claim')),
                ('claimed_before', models.BooleanField(default=False, verbose_name='was claimed with this code before')),
                ('code_hash', models.CharField(max_length=64)),
                ('code_made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='code made')),
                ('pepper_id', models.CharField(max_length=32)),
                ('key_hash', models.CharField(max_length=64)),
                ('next_key_hash', models.CharField(blank=True, max_length=64)),
                ('rekey', models.PositiveSmallIntegerField(choices=[(0, 'no'), (1, 'asked for'), (2, 'needed before it syncs')], default=0, verbose_name='another key')),
                ('token_generation', models.PositiveIntegerField(default=0)),
                ('settings', models.JSONField(blank=True, default=dict)),
                ('settings_revision', models.PositiveBigIntegerField(default=0)),
                ('takes_requests', models.BooleanField(default=True, verbose_name='people may ask to join')),
                ('location', models.CharField(blank=True, help_text='Where it lies: a shelf, a shop.', max_length=60, verbose_name='location')),
                ('note', models.CharField(blank=True, help_text='About the unit, never about a person.', max_length=200, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
            ],
            options={
                'verbose_name': 'device',
                'verbose_name_plural': 'devices',
                'ordering': ['serial'],
                'permissions': [('block_device', 'Can block devices'), ('unblock_device', 'Can unblock devices'), ('release_device', "Can release devices in the owner's place"), ('recode_device', 'Can re-issue codes'), ('rekey_device', 'Can re-issue keys'), ('retire_device', 'Can retire devices')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('prefix', models.CharField(max_length=8, verbose_name='prefix of the serials')),
                ('confirm_on_device', models.BooleanField(default=False, help_text='Every later claim needs the confirmation on the device anyway.', verbose_name='the device confirms its first claim')),
                ('must_rekey', models.BooleanField(default=False, help_text="A claimed device then syncs only after it has replaced the factory's key.", verbose_name='the firmware can replace its key')),
                ('size', models.PositiveIntegerField(default=0, editable=False, verbose_name='units')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'batch',
                'verbose_name_plural': 'batches',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='Rhythm',
            fields=[
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rhythm', serialize=False, to='devices.device')),
                ('seen_at', models.DateTimeField()),
                ('longest', models.PositiveIntegerField(default=0)),
                ('told_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='device',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='devices.batch', verbose_name='batch'),
        ),
        migrations.CreateModel(
            name='ClaimAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='time')),
                ('serial_hash', models.CharField(db_index=True, max_length=16, verbose_name='serial number, hashed')),
                ('network', models.CharField(blank=True, max_length=43, verbose_name='network')),
                ('result', models.CharField(choices=[('accepted', 'claimed'), ('pending', 'waits for a yes'), ('claim-failed', 'refused'), ('conflict', 'not possible'), ('throttled', 'too many tries')], max_length=12, verbose_name='result')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claim_attempts', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attempts', to='devices.device', verbose_name='device')),
            ],
            options={
                'verbose_name': 'try to claim',
                'verbose_name_plural': 'tries to claim',
                'ordering': ['-pk'],
                'permissions': [('forgive_claimattempt', 'Can take back the limits of tries')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=127, verbose_name='name')),
                ('joins', models.BooleanField(default=False, verbose_name='asks to join')),
                ('number', models.PositiveSmallIntegerField(null=True, verbose_name='number to compare')),
                ('state', models.CharField(choices=[('pending', 'waits for a yes'), ('accepted', 'accepted'), ('refused', 'refused'), ('cancelled', 'cancelled'), ('expired', 'ran out'), ('ended', 'ended'), ('joined', 'joined')], max_length=9, verbose_name='state')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='waits until')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='devices.device')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='time')),
                ('action', models.CharField(max_length=32, verbose_name='action')),
                ('by_person', models.BooleanField(verbose_name='done by a person')),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='before')),
                ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='after')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('request_id', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='request')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done to')),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit', to='devices.device', verbose_name='device')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('editor', 'editor'), ('viewer', 'viewer')], max_length=6, verbose_name='role')),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('secret_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='open until')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='devices.device')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'owner'), ('editor', 'editor'), ('viewer', 'viewer')], max_length=6, verbose_name='role')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('offered_at', models.DateTimeField(null=True, verbose_name='ownership offered')),
                ('chosen_at', models.DateTimeField(null=True, verbose_name='last chosen')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='devices.device')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
            },
        ),
        migrations.CreateModel(
            name='PersonalToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read and write')], max_length=5, verbose_name='may')),
                ('prefix', models.CharField(max_length=16, verbose_name='begins with')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='ends')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='last used')),
                ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='personal_tokens', to='devices.membership')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='personal_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'personal token',
                'verbose_name_plural': 'personal tokens',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RekeyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim', models.UUIDField()),
                ('reason', models.CharField(max_length=500)),
                ('expires_at', models.DateTimeField()),
                ('granted_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rekey_request', to='devices.device')),
            ],
            options={
                'verbose_name': 'request for a new key',
                'verbose_name_plural': 'requests for a new key',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('query', models.CharField(max_length=500, verbose_name='query')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='LastSeen',
            fields=[
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_seen', serialize=False, to='devices.device')),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last seen')),
                ('firmware_version', models.CharField(blank=True, max_length=32, verbose_name='firmware')),
                ('battery_percent', models.PositiveSmallIntegerField(null=True, verbose_name='battery')),
            ],
            options={
                'verbose_name': 'last contact',
                'verbose_name_plural': 'last contacts',
                'indexes': [models.Index(fields=['seen_at', 'device'], name='last_seen_at'), models.Index(fields=['firmware_version'], name='last_seen_firmware'), models.Index(condition=models.Q(('battery_percent__lt', 20)), fields=['device'], name='last_seen_low')],
            },
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['state', 'serial'], name='device_state_serial'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claim', None), ('state', 'claimed'), _negated=True), models.Q(('claim__isnull', False), ('state', 'in_stock'), _negated=True)), name='device_claimed_has_claim'),
        ),
        migrations.AddIndex(
            model_name='claimattempt',
            index=models.Index(fields=['result', 'at'], name='attempt_result_at'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.UniqueConstraint(condition=models.Q(('joins', False), ('state', 'pending')), fields=('device',), name='claim_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.UniqueConstraint(condition=models.Q(('joins', True), ('state', 'pending')), fields=('device', 'user'), name='claim_one_request'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('joins', False), models.Q(('state__in', ['accepted', 'ended']), _negated=True), _connector='OR'), name='claim_of_a_guest_owns_nothing'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('device',), name='claim_one_accepted'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at', None), ('state', 'pending'), _negated=True), name='claim_pending_ends'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['action', 'at'], name='audit_action_at'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['by_person', 'id'], name='audit_by_person'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('device', 'user'), name='membership_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'owner')), fields=('device',), name='membership_one_owner'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('offered_at__isnull', False)), fields=('device',), name='membership_one_offered'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('user', 'name'), name='saved_view_once'),
        ),
    ]
